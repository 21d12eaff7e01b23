// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dmb::status {

/// Text of at most 80 columns, built line by line. Everything is made printable on its way in.
class Page {
 public:
  /// `text` from column `indent` on, broken between words; a word longer than a line stays whole.
  void line(std::size_t indent, std::string_view text);
  /// `label` at `indent`, `text` from the fixed column behind it on.
  void row(std::size_t indent, std::string_view label, std::string_view text);
  void blank() { text_ += '\n'; }
  std::string take() { return std::move(text_); }

 private:
  void wrap(std::string line, std::size_t indent, std::string_view text);

  std::string text_;
};

}  // namespace dmb::status
