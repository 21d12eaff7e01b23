// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/mapping/map.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// One "key = value" of a [MAP], comments and blanks around the value removed; quotes are not.
struct MapEntry {
  std::string key;
  std::string value;     ///< continuation lines behind a line end each, with the blanks before them
  int line = 0;          ///< of its file, from 1
  int key_column = 1;    ///< from 1, in characters
  int value_column = 1;  ///< of the value's first character
};

/// What is wrong with an entry.
struct MapProblem {
  bool in_preset = false;
  int line = 0;    ///< of the config, or of the preset
  int column = 0;  ///< from 1, in characters
  std::string key;
  std::string message;  ///< for people: what is wrong and what is expected
  bool fatal = true;    ///< false: the line is left out, or only odd
};

/// The text that stands for "{name}"; nullopt when nothing is set under that name. Names are in
/// lower case: "topic", "node".
using Placeholders = std::function<std::optional<std::string>(std::string_view name)>;

struct MapResult {
  Map map;  ///< the lines that are good
  std::vector<MapProblem> problems;
};

/// Reads the entries of a preset, if there is one, and those of the config's own [MAP], which
/// replace the preset's line of the same item. Every problem at once. Pure; any bytes are fine.
MapResult parse_map(std::span<const MapEntry> preset, std::span<const MapEntry> own,
                    const Placeholders& placeholders);

}  // namespace dmb
