// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dmb::importing {

/// A section as it is written: keys first, then what has no counterpart.
class Section {
 public:
  /// "BANK House".
  explicit Section(std::string title) : title_(std::move(title)) {}

  /// What would begin a comment in the value is made a blank.
  void set(std::string_view key, std::string_view value);
  /// One sentence; line breaks in it are made blanks.
  void remark(std::string_view text);
  std::string text() const;

 private:
  std::string title_;
  std::vector<std::string> keys_;
  std::vector<std::string> remarks_;
};

/// As it may stand in a line of the config; cut.
std::string one_line(std::string_view text);

std::string join(const std::vector<std::string>& parts);

}  // namespace dmb::importing
