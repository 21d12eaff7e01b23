// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace dmb {

/// What an item holds; decides its D-Bus type, which never changes.
enum class Kind : std::uint8_t {
  measure,      ///< physical quantity, `d`
  count,        ///< `i`; a fraction is rounded
  enumeration,  ///< `i`; flags, alarms and states: a fraction is an error, true/false is 1/0
  text,         ///< `s`
};

/// How GetText prints a value.
struct TextFormat {
  enum class Style : std::uint8_t { rounded, cut_off, hexadecimal };
  Style style = Style::rounded;
  std::uint8_t decimals = 0;             ///< of the printed number; 0 with cut_off
  std::string_view unit = {};            ///< printed behind the number
  std::string_view unprinted_unit = {};  ///< of a quantity whose text does without
};

/// The unit that the item's number is in; empty where it has none.
constexpr std::string_view unit_of(const TextFormat& text) {
  return text.unit.empty() ? text.unprinted_unit : text.unit;
}

/// Steps per unit of a text with so many decimals.
inline constexpr std::array<double, 5> kPowersOfTen{1, 10, 100, 1000, 10000};

/// Properties of an item, combined with `|`.
enum class Trait : std::uint16_t {
  none = 0,
  payload = 1,         ///< an MQTT payload may carry it
  service = 2,         ///< says what the service is; never from a payload
  on_sight = 4,        ///< created once a value was seen, not at start
  urgent = 8,          ///< a change is never delayed: alarms and limits
  exact = 16,          ///< small changes count too: a limit of 0 is not 0.004
  writable = 32,       ///< SetValue is accepted
  passive = 64,        ///< counts signals
  non_positive = 128,  ///< goes out negative or zero
  slack = 256,         ///< in a payload a little outside its range is the end of its range
  pack = 512,          ///< of a battery with a BMS: a bank of shunts does not have it
  // How it is offered to a home automation.
  diagnostic = 1024,  ///< tells how the battery is, not what it does
  optional = 2048,    ///< off until somebody wants it
  unlisted = 4096,    ///< not at all
  rising = 8192,      ///< counts up, for ever or until it is reset
};
constexpr Trait operator|(Trait a, Trait b) {
  return static_cast<Trait>(static_cast<std::uint16_t>(a) | static_cast<std::uint16_t>(b));
}
constexpr bool has(Trait set, Trait trait) {
  return (static_cast<std::uint16_t>(set) & static_cast<std::uint16_t>(trait)) != 0;
}

/// How the values of a bank's members become one.
enum class MergeRule : std::uint8_t {
  unmerged,  ///< a bank does not have it
  sum,
  mean,
  lowest,
  highest,
  weighted,  ///< mean, by capacity
  own,       ///< a function of its own in aggregate.cpp or bank_cells.cpp
  about,     ///< says something about the member; the bank's own does not come from it
  bank,      ///< of the bank only: no number that a member tells of it counts
};

/// Whether a bank looks at what its members tell of it.
constexpr bool is_of_members(MergeRule rule) {
  return rule != MergeRule::unmerged && rule != MergeRule::bank;
}

/// One item: where it stands in the tree, its type, its text, its valid range.
struct ItemSpec {
  std::string_view path;  ///< absolute, e.g. "/Dc/0/Voltage"
  Kind kind = Kind::measure;
  TextFormat text = {};
  double min = 0;  ///< inclusive, in the item's unit; unused for text
  double max = 0;  ///< inclusive
  Trait traits = Trait::none;
  MergeRule merge = MergeRule::unmerged;
};

}  // namespace dmb
