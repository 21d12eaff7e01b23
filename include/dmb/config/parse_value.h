// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/ini_value.h"
#include "dmb/config/known_keys.h"
#include "dmb/config/problems.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dmb {

/// A checked value; monostate when it was wrong or means "not set".
using KeyValue =
    std::variant<std::monostate, bool, int, double, std::string, std::vector<std::string>>;

/// What there is to say about one value. How bad a fault is depends on who needs the value, so that
/// it is only noted here; the rest goes to the list at once.
class ValueReport {
 public:
  explicit ValueReport(const SpotProblems& spot) : spot_(spot) {}

  void info(std::string message) const { spot_.info(std::move(message)); }
  void warning(std::string message) const { spot_.warning(std::move(message)); }
  /// The value cannot be used: "must be 1 or 0".
  void fault(std::string message) { fault_ = std::move(message); }
  /// The same, with the value itself.
  void wrong(const std::string& must, std::string_view text);

  const std::optional<std::string>& fault() const { return fault_; }

 private:
  const SpotProblems& spot_;
  std::optional<std::string> fault_;
};

/// How the value of `key` is written.
ValueSyntax syntax_of(const KnownKey& key);

/// Reads a value that is not empty as `key` wants it.
KeyValue parse_value(const KnownKey& key, const CleanValue& value, ValueReport& report);

}  // namespace dmb
