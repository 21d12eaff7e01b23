// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace dmb {

/// Why a message could not be used, as far as what to do differs.
enum class MessageFault : std::uint8_t {
  not_json,
  too_deep,
  not_an_object,
  too_little,  ///< something that is required is not in it
  no_value,    ///< it is, but without a value that can be used
  oversized,
};

}  // namespace dmb
