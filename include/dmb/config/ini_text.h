// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/problems.h"

#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// One "key = value" line.
struct IniEntry {
  int line = 0;
  std::string key;  ///< as written, trimmed
  /// Everything behind the delimiter, comments and quotes included; continuation lines follow
  /// after a newline each.
  std::string raw_value;
  int value_column = 0;  ///< of raw_value's first byte in its line, from 1
};

/// One section header with the keys up to the next header.
struct IniSection {
  int line = 0;      ///< 0: the keys that stand before the first header
  std::string name;  ///< as written, trimmed
  std::vector<IniEntry> entries;
};

struct IniDocument {
  std::vector<IniSection> sections;  ///< as they stand in the file; a name may repeat
  bool readable = true;              ///< false: not a text file at all, further checks are noise
};

/// Splits the text of a config.ini into sections and keys. Lines that are
/// neither section, key nor comment are reported. Any bytes are fine as input.
IniDocument read_ini(std::string_view text, Problems& problems);

}  // namespace dmb
