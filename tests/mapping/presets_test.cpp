// SPDX-License-Identifier: MIT
// Every preset that is shipped can be read, brings what a battery needs, and says where it is from.
#include "dmb/mapping/parse_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace dmb {
namespace {

struct PresetFile {
  std::string name;
  std::vector<std::string> comments;  ///< the lines at its top, without "; "
  std::map<std::string, std::string> defaults;
  std::vector<MapEntry> entries;
};

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  return first == std::string::npos ? ""
                                    : text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

/// A preset is written plainly: no quotes, no comments behind values.
PresetFile read_preset(const std::filesystem::path& path) {
  PresetFile preset{.name = path.stem().string()};
  std::ifstream file(path);
  std::string section;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.empty()) continue;
    if (line.front() == ';') {
      preset.comments.push_back(line.size() > 2 ? line.substr(2) : "");
      continue;
    }
    if (line.front() == '[') {
      section = line;
      continue;
    }
    const std::size_t equals = line.find(" = ");
    EXPECT_NE(equals, std::string::npos) << preset.name << ", line " << number;
    if (equals == std::string::npos) continue;
    const std::string key = trimmed(line.substr(0, equals));
    const std::string value = trimmed(line.substr(equals + 3));
    if (section == "[PRESET]")
      preset.defaults[key] = value;
    else
      preset.entries.push_back({.key = key, .value = value, .line = number});
  }
  return preset;
}

std::vector<PresetFile> all_presets() {
  std::vector<PresetFile> presets;
  for (const auto& file : std::filesystem::directory_iterator(DMB_SOURCE_DIR "/presets"))
    presets.push_back(read_preset(file.path()));
  std::ranges::sort(presets, {}, &PresetFile::name);
  return presets;
}

/// The keys of the lines that the comment tells to write: "topic", "name".
std::map<std::string, std::string> advised(const PresetFile& preset) {
  std::map<std::string, std::string> keys;
  const auto first = std::ranges::find_if(
      preset.comments, [](const std::string& line) { return line.starts_with("Config:"); });
  for (auto line = first; line != preset.comments.end() && !line->empty(); ++line) {
    const std::string text = line->starts_with("Config:") ? line->substr(7) : *line;
    const std::size_t equals = text.find(" = ");
    if (equals == std::string::npos) break;
    keys[trimmed(text.substr(0, equals))] = trimmed(text.substr(equals + 3));
  }
  return keys;
}

MapResult read_map(const PresetFile& preset) {
  const auto keys = advised(preset);
  return parse_map(preset.entries, {}, [&](std::string_view name) -> std::optional<std::string> {
    const auto given = keys.find(std::string(name));
    if (given != keys.end()) return given->second.substr(0, given->second.find(' '));
    const auto preset_says = preset.defaults.find(std::string(name));
    if (preset_says == preset.defaults.end()) return std::nullopt;
    return preset_says->second;
  });
}

bool brings(const Map& map, std::string_view path) {
  return std::ranges::any_of(map.lines, [path](const MapLine& line) {
    return line.any_item || (line.item.spec().path == path && !line.sources.empty());
  });
}

TEST(Presets, AreThere) {
  std::set<std::string> names;
  for (const PresetFile& preset : all_presets()) names.insert(preset.name);
  for (const char* name :
       {"esphome-jk-bms", "batmon", "victron", "victron-batteries", "serialbattery-generic",
        "opendtu-jk", "opendtu-pylontech", "solar-assistant", "homeassistant", "diybms",
        "jbdbms2mqtt", "seplos-rs485", "seplos-bash", "marstek-hm2mqtt", "esp32-bluetoothbms2mqtt",
        "daly2mqtt", "battery-emulator", "tasmota"})
    EXPECT_TRUE(names.contains(name)) << name;
}

TEST(Presets, AreReadWithoutAProblem) {
  for (const PresetFile& preset : all_presets()) {
    const MapResult result = read_map(preset);
    for (const MapProblem& problem : result.problems)
      ADD_FAILURE() << preset.name << ", " << problem.key << ", column " << problem.column << ": "
                    << problem.message;
    const std::size_t read = result.map.lines.size() + (result.map.availability.empty() ? 0 : 1) +
                             (result.map.alive.empty() ? 0 : 1);
    EXPECT_EQ(read + 1, preset.entries.size()) << preset.name << ": only_changes is the other one";
  }
}

TEST(Presets, BringWhatABatteryNeeds) {
  for (const PresetFile& preset : all_presets()) {
    const Map map = read_map(preset).map;
    EXPECT_TRUE(brings(map, "/Soc")) << preset.name;
    EXPECT_TRUE(brings(map, "/Dc/0/Voltage")) << preset.name;
  }
}

// Limits that are not the battery's own would charge it by a number out of a file.
TEST(Presets, HoldNoConstants) {
  for (const PresetFile& preset : all_presets())
    for (const MapLine& line : read_map(preset).map.lines)
      EXPECT_FALSE(line.constant) << preset.name << ", " << line.key;
}

// Whether values have an age of their own is never left to what else is in the file.
TEST(Presets, SayWhetherOnlyChangesAreSent) {
  for (const PresetFile& preset : all_presets()) {
    EXPECT_TRUE(std::ranges::any_of(preset.entries, [](const MapEntry& entry) {
      return entry.key == "only_changes";
    })) << preset.name;
  }
}

TEST(Presets, SayWhereTheyAreFromAndWhatIsNotKnown) {
  for (const PresetFile& preset : all_presets()) {
    const std::vector<std::string> begins{
        "Publisher: ", "Source:    ", "Sign:      ", "Not known: ", "Config:    "};
    auto at = preset.comments.begin();
    for (const std::string& begin : begins) {
      at = std::ranges::find_if(at, preset.comments.end(),
                                [&](const std::string& line) { return line.starts_with(begin); });
      ASSERT_NE(at, preset.comments.end()) << preset.name << " lacks, in this order: " << begin;
    }
    const auto keys = advised(preset);
    ASSERT_TRUE(keys.contains("preset")) << preset.name;
    EXPECT_EQ(keys.at("preset"), preset.name);
    EXPECT_TRUE(keys.contains("topic")) << preset.name;
    EXPECT_LE(keys.size(), 5U) << preset.name;
  }
}

std::string text_of(const std::string& name) {
  std::ifstream file(DMB_SOURCE_DIR "/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Presets, AreInTheOwnersTableAndInThatOfWhatIsKnown) {
  const std::string publishers = text_of("docs/publishers.md");
  const std::string page = text_of("docs/mapping.md");
  for (const PresetFile& preset : all_presets()) {
    EXPECT_NE(publishers.find("`preset = " + preset.name + '`'), std::string::npos) << preset.name;
    EXPECT_NE(page.find('`' + preset.name + '`'), std::string::npos) << preset.name;
  }
}

TEST(Presets, HoldNothingBesidesCommentsDefaultsAndTheMap) {
  const std::set<std::string> allowed{"topic", "name", "instance", "address",
                                      "bank",  "pack", "key",      "sign"};
  for (const PresetFile& preset : all_presets())
    for (const auto& [key, value] : preset.defaults)
      EXPECT_TRUE(allowed.contains(key)) << preset.name << ": " << key;
}

}  // namespace
}  // namespace dmb
