// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmb::importing {

/// Lines `KEY = value` of an INI file or of a Python module: keys in capitals, comments after # or
/// ;, values that go on over several lines. The last of one key counts.
class SettingsText {
 public:
  explicit SettingsText(std::string_view text);

  bool has(std::string_view key) const { return values_.contains(key); }
  /// Without quotes; empty: it is not there, or empty.
  std::string text(std::string_view key) const;
  /// "True", "yes", "1"; nullopt: it is not there, or none of these nor their opposites.
  std::optional<bool> flag(std::string_view key) const;
  std::optional<double> number(std::string_view key) const;
  /// The entries of "[a, b]" or "a, b".
  std::vector<std::string> list(std::string_view key) const;
  std::vector<std::string> keys() const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace dmb::importing
