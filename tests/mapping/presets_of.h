// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/mapping/discovery.h"
#include "map_lines.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace dmb::test {

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A preset as its file has it: comments, then [PRESET], then [MAP].
inline DiscoveryPreset preset_of(const std::string& name, const std::string& text) {
  DiscoveryPreset preset{.name = name, .entries = {}};
  const std::size_t defaults = text.find("\n[PRESET]");
  const std::size_t map = text.find("\n[MAP]");
  if (defaults != std::string::npos)
    for (const MapEntry& entry : map_entries(text.substr(defaults, map - defaults)))
      preset.defaults.emplace(entry.key, entry.value);
  if (map != std::string::npos) preset.entries = map_entries(text.substr(map));
  for (MapEntry& entry : preset.entries) entry.line = 0;
  return preset;
}

inline std::vector<DiscoveryPreset> shipped_presets() {
  std::vector<DiscoveryPreset> presets;
  for (const auto& file : std::filesystem::directory_iterator(DMB_SOURCE_DIR "/presets"))
    if (file.path().extension() == ".ini")
      presets.push_back(preset_of(file.path().stem().string(), read_text(file.path())));
  std::ranges::sort(presets, {}, &DiscoveryPreset::name);
  return presets;
}

struct PublishedMessage {
  std::string topic;
  std::string payload;
  bool retained = false;
};

/// What tests/data/publishers/<name>/messages.tsv holds.
inline std::vector<PublishedMessage> messages_of(const std::string& publisher) {
  std::vector<PublishedMessage> messages;
  std::ifstream in(DMB_TEST_DATA "/publishers/" + publisher + "/messages.tsv");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    const std::size_t topic = line.find('\t');
    const std::size_t payload = line.rfind('\t');
    if (topic == std::string::npos || payload <= topic) continue;
    messages.push_back({line.substr(0, topic), line.substr(topic + 1, payload - topic - 1),
                        line.substr(payload + 1) == "1"});
  }
  return messages;
}

}  // namespace dmb::test
