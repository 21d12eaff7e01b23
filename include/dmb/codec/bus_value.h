// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/item_spec.h"
#include "dmb/battery/value.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace dmb {

/// A basic value somebody sent over the bus, before it is known what the item wants.
/// monostate is the empty array: "invalid".
using BusValue =
    std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string>;

/// What is a number by its type; yes is 1. nullopt for texts and the invalid value.
std::optional<double> number_of(const BusValue& value);

/// A text written from outside may not be longer: it is kept, logged, and stored on flash. The
/// GUI's own field for it ends there.
inline constexpr std::size_t kMaxWrittenCharacters = 32;

/// Characters of a UTF-8 text.
std::size_t characters_in(std::string_view text);

/// `in` as the type and range of `item`: numbers convert among each other and from
/// text, a fraction is cut off for an integer item. A text item takes texts only: a number written
/// to a name is a slip of whoever wrote it.
/// Outer nullopt: cannot be converted, is not finite, is out of range, or is too long a text
/// (SetValue code 1).
/// Inner nullopt: the empty array.
std::optional<OptValue> convert(const BusValue& in, const ItemSpec& item);

}  // namespace dmb
