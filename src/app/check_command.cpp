// SPDX-License-Identifier: MIT
#include "app/check_command.h"

#include "app/config_file.h"
#include "app/options.h"
#include "dmb/codec/text.h"
#include "dmb/mapping/intake.h"

#include <cstdio>

namespace dmb {
namespace {

/// Whoever writes a map sees what became of its lines.
void print_map(const BatteryConfig& battery) {
  const std::string from = battery.preset.empty() ? "" : ", preset " + battery.preset;
  std::printf("%s%s reads:\n", printable(battery.device_name).c_str(), from.c_str());
  for (const MappedItem& item : MapIntake(*battery.map, {}).items())
    std::printf("  %-30s %s\n", item.item.substr(1).c_str(), printable(item.topic, 200).c_str());
}

}  // namespace

int check_config(const std::filesystem::path& path) {
  const ConfigResult result = load_config(read_config_file(path), path);
  for (const ConfigProblem& problem : result.problems)
    std::printf("%s\n", describe(problem, path.string()).c_str());
  if (!result.config) return kExitUsage;
  for (const BatteryConfig& battery : result.config->batteries)
    if (battery.map) print_map(battery);
  std::printf("%s is valid\n", path.c_str());
  return 0;
}

}  // namespace dmb
