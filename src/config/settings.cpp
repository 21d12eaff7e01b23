// SPDX-License-Identifier: MIT
#include "dmb/config/settings.h"

#include "dmb/battery/letter_case.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace dmb {
namespace {

constexpr std::array kSingleFamilies{Family::general, Family::time_to_go, Family::mqtt,
                                     Family::smartshunts};

struct SectionName {
  Family family = Family::general;
  std::string label;  ///< of a battery
};

/// Nothing when no section is called that.
std::optional<SectionName> read_section_name(std::string_view name) {
  const std::string lower = to_lower(name);
  for (const Family family : kSingleFamilies) {
    if (lower == to_lower(section_title(family))) return SectionName{.family = family, .label = {}};
  }
  constexpr std::string_view kBattery = "battery";
  if (!lower.starts_with(kBattery)) return std::nullopt;
  const std::string_view rest = name.substr(kBattery.size());
  const std::string label = clean_value(rest, ValueSyntax::secret).text;
  if (label.empty() || !is_blank(rest.front())) return std::nullopt;
  return SectionName{.family = Family::battery, .label = label};
}

/// Where the section of a name stands, by name in lower case.
using SectionIndex = std::map<std::pair<Family, std::string>, std::size_t>;

SettingsSection& section_for(Settings& settings, SectionIndex& index, const SectionName& name,
                             const IniSection& written) {
  const auto [place, is_new] =
      index.emplace(std::pair(name.family, to_lower(name.label)), settings.sections.size());
  if (is_new) {
    settings.sections.push_back({.family = name.family, .label = name.label, .settings = {}});
  }
  SettingsSection& section = settings.sections[place->second];
  section.title = written.name;
  if (section.line == 0) section.line = written.line;
  return section;
}

Setting read_setting(const KnownKey& key, Family family, const IniEntry& entry, ConfigSpot spot,
                     Problems& problems) {
  const CleanValue value = clean_value(entry.raw_value, syntax_of(key));
  Setting setting{.known = &key,
                  .spot = std::move(spot),
                  .empty = value.empty(),
                  .fault = {},
                  .essential = is_essential(key, family),
                  .value = {}};
  if (setting.empty) return setting;
  const SpotProblems list(problems, setting.spot);
  ValueReport report(list);
  setting.value = parse_value(key, value, report);
  setting.fault = report.fault();
  return setting;
}

void take_entry(SettingsSection& section, const std::string& title, const IniEntry& entry,
                Problems& problems) {
  const ConfigSpot spot{.line = entry.line, .section = title, .key = entry.key};
  const std::string name = to_lower(entry.key);
  const KnownKey* key = find_key(section.family, name);
  if (key == nullptr) {
    // Finding the nearest key is slow work, and a ruined file may hold a million unknown ones.
    const bool unseen = problems.is_full(ConfigProblem::Severity::warning);
    SpotProblems(problems, spot)
        .warning(unseen ? std::string{} : unknown_key_message(section.family, name));
    return;
  }
  const auto earlier = section.settings.find(key->name);
  if (earlier != section.settings.end()) {
    SpotProblems(problems, spot)
        .warning("is set a second time; this one counts, the one in line " +
                 std::to_string(earlier->second.spot.line) + " does not");
  }
  section.settings.insert_or_assign(std::string(key->name),
                                    read_setting(*key, section.family, entry, spot, problems));
}

}  // namespace

const SettingsSection& Settings::of(Family family) const {
  const auto found =
      std::find_if(sections.begin(), sections.end(),
                   [&](const SettingsSection& section) { return section.family == family; });
  assert(found != sections.end());
  return *found;
}

std::vector<const SettingsSection*> Settings::batteries() const {
  std::vector<const SettingsSection*> found;
  for (const SettingsSection& section : sections) {
    if (section.family == Family::battery) found.push_back(&section);
  }
  return found;
}

Settings check_settings(const IniDocument& document, Problems& problems) {
  Settings settings;
  SectionIndex index;
  for (const Family family : kSingleFamilies) {
    index.emplace(std::pair(family, std::string{}), settings.sections.size());
    settings.sections.push_back({.family = family,
                                 .title = std::string(section_title(family)),
                                 .label = {},
                                 .settings = {}});
  }
  for (const IniSection& written : document.sections) {
    if (written.name.empty()) continue;  // reported when it was read
    const auto name = read_section_name(written.name);
    if (!name) {
      SpotProblems(problems, {.line = written.line, .section = written.name, .key = {}})
          .warning(unknown_section_message(written.name));
      continue;
    }
    SettingsSection& section = section_for(settings, index, *name, written);
    for (const IniEntry& entry : written.entries) {
      take_entry(section, written.name, entry, problems);
    }
  }
  return settings;
}

const Setting* Scope::find(std::string_view key) const {
  for (const SettingsSection* section : sections_) {
    const auto found = section->settings.find(key);
    if (found == section->settings.end() || found->second.empty) continue;
    found->second.read = true;
    if (!found->second.fault || found->second.essential) return &found->second;
  }
  return nullptr;
}

bool Scope::is_faulty(std::string_view key) const {
  const Setting* setting = find(key);
  return setting != nullptr && setting->fault.has_value();
}

}  // namespace dmb
