// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// How comments and quotes of a value are read.
enum class ValueSyntax {
  plain,   ///< ";" or "#" after white space starts a comment
  secret,  ///< user name and password: no comments
  name,    ///< as plain, but " #" directly before a digit is part of it: "Battery #1"
  list,    ///< names, cut at commas and line ends; each element may be quoted
};

/// A value without comments, surrounding white space and quotes.
struct CleanValue {
  std::string text;                ///< empty: not set. Continuation lines after "\n". Not for list
  std::vector<std::string> items;  ///< list only; none of them empty
  bool unquoted = false;           ///< quotes around the whole value were removed

  bool empty() const { return text.empty() && items.empty(); }
};

CleanValue clean_value(std::string_view raw, ValueSyntax syntax);

std::string_view trim(std::string_view text);
bool is_blank(char c);  ///< space, tab and the like; not a line end

/// Where a comment starts: the first ";" or "#" that follows white space, at or after `from`; the
/// text's size when there is none. `numbers`: "#" directly before a digit starts none.
std::size_t comment_start(std::string_view text, std::size_t from = 0, bool numbers = false);

}  // namespace dmb
