// SPDX-License-Identifier: MIT
// The examples of docs/mapping.md.
#include "dmb/mapping/intake.h"
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

/// One row of the table of lines, messages and values.
struct Row {
  std::string line, message, value;
};

std::vector<Row> rows() {
  std::ifstream file(DMB_SOURCE_DIR "/docs/mapping.md");
  std::vector<Row> found;
  bool in_table = false;
  for (std::string text; std::getline(file, text);) {
    if (text == "| line | message | value |") in_table = true;
    if (text.empty()) in_table = false;
    if (!in_table || !text.starts_with("| `")) continue;
    const std::size_t line_end = text.find("` | `");
    const std::size_t message_end = text.find("` | ", line_end + 5);
    found.push_back({.line = text.substr(3, line_end - 3),
                     .message = text.substr(line_end + 5, message_end - line_end - 5),
                     .value = text.substr(message_end + 4, text.size() - message_end - 6)});
  }
  return found;
}

std::string value_text(const Reading::Field& field) {
  if (field.bad) return "unknown, and said in the log";
  if (!field.value) return "unknown";
  if (const auto* whole = std::get_if<std::int32_t>(&*field.value)) return std::to_string(*whole);
  std::ostringstream text;
  text << std::get<double>(*field.value);
  return text.str();
}

TEST(MappingDoc, ItsMessagesHaveTheValuesItSays) {
  const auto all = rows();
  EXPECT_GE(all.size(), 10U);
  for (const Row& row : all) {
    SCOPED_TRACE(row.line);
    const MapResult result = test::parse_own(row.line);
    ASSERT_TRUE(result.problems.empty()) << result.problems.front().message;
    MapIntake intake(result.map, {});
    ASSERT_EQ(intake.filters().size(), 1U);
    intake.receive(intake.filters().front(), row.message, false, Instant{});
    const auto outs = intake.take(Instant{} + kBurst);
    ASSERT_FALSE(outs.empty());
    const Reading::Field* field = outs.back().reading.find(result.map.lines.front().item);
    ASSERT_NE(field, nullptr);
    EXPECT_EQ(value_text(*field), row.value);
  }
}

}  // namespace
}  // namespace dmb
