// SPDX-License-Identifier: MIT
// The examples of docs/mapping.md.
#include "map_lines.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace dmb {
namespace {

struct Example {
  std::string map;                           ///< the lines of its [MAP]
  std::map<std::string, std::string> names;  ///< the keys of its other sections
};

Example example_of(std::istream& lines) {
  Example example;
  bool in_map = false;
  for (std::string line; std::getline(lines, line) && line != "```";) {
    if (line.starts_with('[')) in_map = line.starts_with("[MAP");
    if (in_map)
      example.map += line + '\n';
    else
      for (const MapEntry& entry : test::map_entries(line)) example.names[entry.key] = entry.value;
  }
  return example;
}

std::vector<Example> examples() {
  std::ifstream file(DMB_SOURCE_DIR "/docs/mapping.md");
  std::vector<Example> found;
  for (std::string line; std::getline(file, line);)
    if (line == "```ini") found.push_back(example_of(file));
  return found;
}

TEST(MappingDoc, ItsExamplesAreRead) {
  const auto all = examples();
  EXPECT_GE(all.size(), 3U);
  for (const Example& example : all) {
    const auto names = [&](std::string_view name) -> std::optional<std::string> {
      const auto found = example.names.find(std::string(name));
      return found == example.names.end() ? std::nullopt : std::optional(found->second);
    };
    const auto entries = test::map_entries(example.map);
    const MapResult result = parse_map({}, entries, names);
    for (const MapProblem& problem : result.problems)
      ADD_FAILURE() << problem.key << ": " << problem.message << " in\n" << example.map;
    EXPECT_GE(result.map.lines.size(), 3U) << example.map;
  }
}

}  // namespace
}  // namespace dmb
