// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace dmb::bench {

/// What core does all day, one thing each, ready to be repeated: the way of a message or of a
/// shunt's signal without broker and bus.
struct Operation {
  std::string_view name;
  std::string_view what;  ///< for people
  /// Makes what one repetition calls. `data` is the folder with the real payloads.
  std::function<void()> (*prepare)(const std::string& data);
};

std::span<const Operation> operations();

/// nullptr when there is none of this name.
const Operation* find_operation(std::string_view name);

}  // namespace dmb::bench
