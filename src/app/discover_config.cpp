// SPDX-License-Identifier: MIT
#include "app/discover_config.h"

#include "app/config_file.h"
#include "app/preset_files.h"
#include "dmb/battery/letter_case.h"
#include "dmb/config/ini_text.h"
#include "dmb/config/ini_value.h"
#include "dmb/config/parse.h"
#include "dmb/config/settings.h"
#include "dmb/mapping/intake.h"
#include "runtime/identity.h"

#include <fstream>
#include <system_error>
#include <utility>

namespace dmb {
namespace {

// Stands in for the topic that is still to be found. Behind a bracket that no section's name has.
constexpr const char* kAnyBattery =
    "\n[BATTERY found by --discover]\ntopic = any\ndevice_instance = 9999\n";

std::vector<std::string> errors_of(const ConfigResult& result, const std::filesystem::path& path) {
  std::vector<std::string> errors;
  for (const ConfigProblem& problem : result.problems)
    if (problem.severity == ConfigProblem::Severity::error)
      errors.push_back(describe(problem, path.string()));
  return errors;
}

/// The names of [BATTERY x] and [MAP x].
void read_section_names(const std::string& text, KnownBatteries& known) {
  Problems ignored;
  for (const IniSection& section : read_ini(text, ignored).sections) {
    const std::string name = to_lower(section.name);
    for (const std::string_view kind : {"battery ", "map "})
      if (name.starts_with(kind))
        known.sections.insert(
            clean_value(std::string_view(name).substr(kind.size()), ValueSyntax::secret).text);
  }
}

void read_batteries(const Config& config, KnownBatteries& known) {
  for (const BatteryConfig& battery : config.batteries) {
    known.instances.insert(battery.device_instance);
    if (!battery.map) {
      known.filters.push_back(battery.topic);
      continue;
    }
    for (std::string& filter : MapIntake(*battery.map, {}).filters())
      known.filters.push_back(std::move(filter));
  }
  if (config.shunts) known.instances.insert(config.shunts->device_instance);
}

/// Appended where nobody sees it before it is whole. The file's mode is kept: it holds a password.
std::string write_appended(const std::filesystem::path& path, const std::filesystem::path& fresh,
                           const std::string& piece) {
  std::error_code error;
  std::filesystem::remove(fresh, error);
  if (std::filesystem::exists(path, error))
    std::filesystem::copy_file(path, fresh, std::filesystem::copy_options::overwrite_existing,
                               error);
  if (error) return error.message();
  std::ofstream out(fresh, std::ios::binary | std::ios::app);
  out << piece;
  out.close();
  if (!out) return "cannot be written";
  std::filesystem::rename(fresh, path, error);
  return error ? error.message() : "";
}

/// "config.ini.before-discover-1", or the next that is free; empty: it cannot be made.
std::string keep_copy(const std::filesystem::path& path) {
  constexpr int kMostCopies = 1000;
  for (int number = 1; number <= kMostCopies; ++number) {
    const std::string copy = path.string() + ".before-discover-" + std::to_string(number);
    std::error_code error;
    if (std::filesystem::exists(copy, error)) continue;
    std::filesystem::copy_file(path, copy, error);
    return error ? std::string{} : copy;
  }
  return {};
}

}  // namespace

DiscoverConfig read_discover_config(const std::filesystem::path& path) {
  DiscoverConfig found{.path = canonical_config_path(path)};
  const ConfigFile file = read_config_file(found.path);
  if (file.state == ConfigFile::State::missing) return found;
  if (file.state == ConfigFile::State::unreadable) {
    found.problems.push_back(found.path.string() + " " + file.error);
    return found;
  }
  found.text = file.text;
  read_section_names(found.text, found.known);
  const Presets presets = preset_files(found.path);
  const ConfigResult as_it_is = parse_config(found.text, presets);
  if (as_it_is.config) {
    found.broker = as_it_is.config->broker;
    read_batteries(*as_it_is.config, found.known);
    return found;
  }
  const ConfigResult with_topic = parse_config(found.text + kAnyBattery, presets);
  if (with_topic.config)
    found.broker = with_topic.config->broker;
  else
    found.problems = errors_of(with_topic, found.path);
  return found;
}

std::vector<DiscoveryPreset> read_presets(const std::filesystem::path& config_path) {
  std::vector<DiscoveryPreset> found;
  const Presets presets = preset_files(config_path);
  for (const std::string& name : presets.names) {
    const auto text = presets.read(name);
    if (!text) continue;
    DiscoveryPreset preset{.name = name, .entries = {}};
    Problems ignored;  // whoever uses the preset is told
    for (const IniSection& section : read_ini(*text, ignored).sections)
      for (const IniEntry& entry : section.entries) {
        if (equals_ignoring_case(section.name, "map"))
          preset.entries.push_back(map_entry_of(entry));
        else if (equals_ignoring_case(section.name, "preset"))
          preset.defaults.insert_or_assign(to_lower(entry.key),
                                           clean_value(entry.raw_value, ValueSyntax::plain).text);
      }
    found.push_back(std::move(preset));
  }
  return found;
}

Written append_to_config(const DiscoverConfig& config, const std::string& piece) {
  const ConfigFile now = read_config_file(config.path);
  if (now.state == ConfigFile::State::unreadable || now.text != config.text)
    return {.fault = "was changed meanwhile: run this again"};
  const std::string added =
      (config.text.empty() || config.text.ends_with('\n') ? "" : "\n") + piece;
  const auto errors = errors_of(
      parse_config(config.text + added, preset_files(config.path), local_device_id()), config.path);
  if (!errors.empty()) return {.fault = "would not be valid then: " + errors.front()};
  Written written;
  if (now.state == ConfigFile::State::read) {
    written.copy_path = keep_copy(config.path);
    if (written.copy_path.empty()) return {.fault = "cannot be copied, so nothing was written"};
  }
  if (std::string fault = write_appended(config.path, config.path.string() + ".new", added);
      !fault.empty())
    return {.fault = std::move(fault)};
  return written;
}

}  // namespace dmb
