// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// What is to be told about a key.
struct ChargeRemark {
  std::string key;
  std::string text;
  bool operator==(const ChargeRemark&) const = default;
};

/// Values of a [CHARGE CONTROL] section by lower-case key.
using ChargeLines = std::map<std::string, std::string, std::less<>>;

/// Takes the line of `key` out. nullopt: there is none, or it is empty, of which nothing is to be
/// said.
std::optional<std::string> take_line(ChargeLines& lines, std::string_view key);

/// What became of the keys of other programs.
struct TranslatedKeys {
  std::vector<ChargeRemark> faults;
  std::vector<ChargeRemark> became;  ///< "cell_full = 3.45", or "nothing: " and why
  std::map<std::string, std::string, std::less<>> origin;  ///< by our key, theirs
};

/// Every key of the serial driver and of dbus-aggregate-batteries that this driver understands or
/// knows to have no counterpart, in lower case.
std::span<const std::string_view> foreign_charge_keys();

/// Takes those keys out of `lines` and puts what they mean there under our keys, where these are
/// not set. `cell_full_v` is the goal of a cell where no line says it.
TranslatedKeys translate_foreign_keys(ChargeLines& lines, double cell_full_v);

}  // namespace dmb
