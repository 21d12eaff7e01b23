// SPDX-License-Identifier: MIT
#include "dmb/battery/letter_case.h"
#include "dmb/codec/spelling.h"
#include "dmb/codec/text.h"
#include "dmb/config/build.h"
#include "dmb/config/ini_value.h"

#include <algorithm>
#include <map>
#include <utility>

namespace dmb {
namespace {

/// A preset file, read as far as its form goes.
struct PresetFile {
  std::map<std::string, std::string, std::less<>> defaults;  ///< of its placeholders
  std::vector<MapEntry> map;
};

/// It is part of what is in force: a line that is wrong there is wrong here.
PresetFile read_preset(std::string_view text, const SpotProblems& spot, const std::string& name) {
  PresetFile preset;
  Problems problems;
  const IniDocument document = read_ini(text, problems);
  for (const ConfigProblem& problem : problems.sorted())
    spot.error("preset " + name + ", line " + std::to_string(problem.line) + ": " +
               problem.message);
  for (const IniSection& section : document.sections) {
    const std::string title = to_lower(section.name);
    for (const IniEntry& entry : section.entries) {
      if (title == "map")
        preset.map.push_back(map_entry_of(entry));
      else if (title == "preset")
        preset.defaults.insert_or_assign(to_lower(entry.key),
                                         clean_value(entry.raw_value, {}).text);
    }
    if (title != "map" && title != "preset")
      spot.error("preset " + name + ", line " + std::to_string(section.line) +
                 ": a preset has the sections [PRESET] and [MAP] only");
  }
  return preset;
}

std::string unknown_preset(const std::string& name, const Presets& presets) {
  const std::vector<std::string_view> names(presets.names.begin(), presets.names.end());
  std::string message = "there is no preset " + printable(name);
  if (const auto near = nearest_word(name, names); !near.empty())
    return message + "; did you mean " + std::string(near) + "?";
  message += "; there are: ";
  for (const std::string_view known : names)
    message.append(known == names.front() ? "" : ", ").append(known);
  return names.empty() ? message + "none: the folder presets is missing or empty" : message;
}

std::optional<PresetFile> find_preset(const Setting& setting, const std::string& name,
                                      const Presets& presets, Problems& problems) {
  const SpotProblems spot(problems, setting.spot);
  const auto text = presets.read ? presets.read(name) : std::nullopt;
  if (text) return read_preset(*text, spot, name);
  spot.error(unknown_preset(name, presets));
  return std::nullopt;
}

/// What a "{name}" stands for: a key of the battery's section, or the preset's own word for it.
Placeholders placeholders_of(const SettingsSection& section, const BatteryConfig& battery,
                             const PresetFile& preset) {
  return [&](std::string_view name) -> std::optional<std::string> {
    if (name == "topic" && !battery.topic.empty()) return battery.topic;
    if (const auto key = section.strange.find(name); key != section.strange.end()) {
      key->second.read = true;
      if (!key->second.value.empty()) return key->second.value;
    }
    const auto common = preset.defaults.find(name);
    return common != preset.defaults.end() ? std::optional(common->second) : std::nullopt;
  };
}

void report(const MapResult& result, const SettingsSection* own, const Setting* preset,
            Problems& problems) {
  for (const MapProblem& problem : result.problems) {
    ConfigSpot spot{
        .line = problem.line, .section = own != nullptr ? own->title : "", .key = problem.key};
    std::string message;
    if (problem.in_preset) {
      spot = preset->spot;
      message = "its line " + std::to_string(problem.line) + ", ";
    }
    message += "column " + std::to_string(problem.column) + ": ";
    if (problem.in_preset) message += problem.key + ": ";
    message += problem.message;
    const SpotProblems list(problems, std::move(spot));
    problem.fatal ? list.error(message) : list.warning(message);
  }
}

bool tells(const Map& map, Quantity id) {
  const auto own = std::ranges::find_if(
      map.lines, [id](const MapLine& line) { return !line.any_item && line.item == id; });
  if (own != map.lines.end()) return !own->sources.empty();
  return std::ranges::any_of(map.lines, &MapLine::any_item);
}

bool can_be_known(const Map& map, Quantity id) {
  if (tells(map, id)) return true;
  return id == q("/Dc/0/Voltage") && tells(map, q("/Dc/0/Power")) && tells(map, q("/Dc/0/Current"));
}

/// A battery of which it can never be known would never appear, without a word.
void check_required(const Map& map, const BatteryConfig& battery, const ConfigSpot& spot,
                    Problems& problems) {
  for (const Quantity id : battery.required) {
    if (can_be_known(map, id)) continue;
    const std::string item(id.spec().path.substr(1));
    std::string message = "has no line for " + item;
    message += ", without which the battery is not shown: add \"" + item + " = <topic>\"";
    if (id == q("/Soc")) message += ", or set required = Dc/0/Voltage";
    SpotProblems(problems, spot).error(message);
  }
}

}  // namespace

void build_map(const Settings& settings, const SettingsSection& section, const Presets& presets,
               BatteryConfig& battery, Problems& problems) {
  const SettingsSection* own = settings.map_of(section.label);
  const SettingsSection& general = settings.of(Family::general);
  const bool of_mqtt = section.family == Family::mqtt;
  const Setting* wanted = Scope{&section, of_mqtt ? &general : &section}.find("preset");
  if (battery.preset.empty()) wanted = nullptr;  // or it is no name, which is said elsewhere
  if (own == nullptr && wanted == nullptr) return;
  std::optional<PresetFile> preset;
  if (wanted != nullptr) {
    preset = find_preset(*wanted, battery.preset, presets, problems);
    if (!preset) return;
  }
  const std::vector<MapEntry> none;
  const PresetFile nothing;
  const PresetFile& file = preset ? *preset : nothing;
  if (const auto topic = file.defaults.find("topic"); topic != file.defaults.end())
    if (battery.topic.empty()) battery.topic = topic->second;
  MapResult result = parse_map(file.map, own != nullptr ? own->map : none,
                               placeholders_of(section, battery, file));
  report(result, own, wanted, problems);
  const ConfigSpot spot = own != nullptr ? ConfigSpot{own->line, own->title, ""} : wanted->spot;
  const bool broken = std::ranges::any_of(result.problems, &MapProblem::fatal);
  if (!broken) check_required(result.map, battery, spot, problems);
  battery.map = std::move(result.map);
}

void report_stray_maps(const Settings& settings, Problems& problems) {
  const auto batteries = settings.batteries();
  for (const SettingsSection& map : settings.sections) {
    if (map.family != Family::map || map.label.empty()) continue;
    const bool owned = std::ranges::any_of(batteries, [&map](const SettingsSection* battery) {
      return equals_ignoring_case(battery->label, map.label);
    });
    if (owned) continue;
    SpotProblems(problems, {.line = map.line, .section = map.title, .key = {}})
        .warning("belongs to no battery and is not used; its battery needs a section [BATTERY " +
                 printable(map.label) + ']');
  }
}

}  // namespace dmb
