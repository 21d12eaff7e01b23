// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dmb {

// Lines of a [MAP], written.

/// A source as a line has it.
struct SourceText {
  std::string topic;
  std::optional<std::string> pointer = {};
  double factor = 1;
  double offset = 0;
  std::string words = {};  ///< "ON=1 OFF=0"
};

/// nullopt: the topic or pointer has characters that cannot stand in a config, or that mean
/// something else there.
std::optional<std::string> source_text(const SourceText& source);

/// A value of a key, in quotes where it needs them; nullopt: it cannot stand in a config.
std::optional<std::string> value_text(std::string_view text);

/// The sources of cells by their number as one with "{n}" for the number, if they differ in that
/// alone.
std::optional<std::string> numbered_source(const std::vector<std::pair<int, std::string>>& cells);

}  // namespace dmb
