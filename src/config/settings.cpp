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
                                     Family::smartshunts, Family::publish};

struct SectionName {
  Family family = Family::general;
  std::string label;  ///< of a battery, bank, map or charge control
};

/// What stands behind `word` in "BATTERY name"; nothing when it is another section's name.
std::optional<std::string> label_behind(std::string_view word, std::string_view name) {
  if (!to_lower(name).starts_with(word)) return std::nullopt;
  const std::string_view rest = name.substr(word.size());
  const std::string label = clean_value(rest, ValueSyntax::secret).text;
  if (label.empty() || !is_blank(rest.front())) return std::nullopt;
  return label;
}

/// Nothing when no section is called that.
std::optional<SectionName> read_section_name(std::string_view name) {
  const std::string lower = to_lower(name);
  for (const Family family : kSingleFamilies) {
    if (lower == to_lower(section_title(family))) return SectionName{.family = family, .label = {}};
  }
  if (lower == "map") return SectionName{.family = Family::map, .label = {}};
  if (lower == "charge control") return SectionName{.family = Family::charge_control, .label = {}};
  if (const auto label = label_behind("battery", name))
    return SectionName{.family = Family::battery, .label = *label};
  if (const auto label = label_behind("bank", name))
    return SectionName{.family = Family::bank, .label = *label};
  if (const auto label = label_behind("map", name))
    return SectionName{.family = Family::map, .label = *label};
  if (const auto label = label_behind("charge control", name))
    return SectionName{.family = Family::charge_control, .label = *label};
  return std::nullopt;
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

/// A preset may ask for it; whether one does is known later.
void take_strange(SettingsSection& section, const std::string& name, const IniEntry& entry,
                  const ConfigSpot& spot, Problems& problems) {
  constexpr std::size_t kMost = 100;
  const bool asked_for = section.family == Family::battery || section.family == Family::mqtt;
  if (asked_for && section.strange.size() < kMost && !section.strange.contains(name)) {
    section.strange.emplace(
        name, StrangeKey{.spot = spot, .value = clean_value(entry.raw_value, {}).text});
    return;
  }
  report_strange(spot, section.family, name, problems);
}

void take_entry(SettingsSection& section, const std::string& title, const IniEntry& entry,
                Problems& problems) {
  const ConfigSpot spot{.line = entry.line, .section = title, .key = entry.key};
  const std::string name = to_lower(entry.key);
  const KnownKey* key = find_key(section.family, name);
  if (key == nullptr) return take_strange(section, name, entry, spot, problems);
  const auto earlier = section.settings.find(key->name);
  if (earlier != section.settings.end()) {
    SpotProblems(problems, spot)
        .warning("is set a second time; this one counts, the one in line " +
                 std::to_string(earlier->second.spot.line) + " does not");
  }
  section.settings.insert_or_assign(std::string(key->name),
                                    read_setting(*key, section.family, entry, spot, problems));
}

/// Of each line what stands before a comment; in double quotes there is none.
std::string without_comments(std::string_view raw) {
  std::string text;
  bool in_quotes = false;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const char c = raw[i];
    const bool may_begin = i > 0 && (is_blank(raw[i - 1]) || raw[i - 1] == '\n');
    if (!in_quotes && may_begin && (c == ';' || c == '#')) {
      i = std::min(raw.find('\n', i), raw.size());
      if (i < raw.size()) text += '\n';
      continue;
    }
    if (c == '"') in_quotes = !in_quotes;
    text += c;
  }
  return text;
}

}  // namespace

MapEntry map_entry_of(const IniEntry& entry) {
  const std::string value = without_comments(entry.raw_value);
  const std::string_view trimmed = trim(value);
  const auto blanks = trimmed.empty() ? 0 : static_cast<int>(trimmed.data() - value.data());
  return {.key = entry.key,
          .value = std::string(trimmed),
          .line = entry.line,
          .key_column = 1,
          .value_column = entry.value_column + blanks};
}

void report_strange(const ConfigSpot& spot, Family family, std::string_view lower_name,
                    Problems& problems) {
  // The rest of a curve below its line would be taken for a key, and the curve for a shorter one.
  if (family == Family::charge_control && !lower_name.empty() &&
      (is_digit(lower_name.front()) || lower_name.front() == '-'))
    return SpotProblems(problems, spot).error("must be a key: a curve stands on one line");
  // Finding the nearest key is slow work, and a ruined file may hold a million unknown ones.
  const bool unseen = problems.is_full(ConfigProblem::Severity::warning);
  SpotProblems(problems, spot)
      .warning(unseen ? std::string{} : unknown_key_message(family, lower_name));
}

const SettingsSection* Settings::map_of(std::string_view label) const {
  const auto found = std::ranges::find_if(sections, [&](const SettingsSection& section) {
    return section.family == Family::map && equals_ignoring_case(section.label, label);
  });
  return found == sections.end() ? nullptr : &*found;
}

const SettingsSection& Settings::of(Family family) const {
  const auto found =
      std::find_if(sections.begin(), sections.end(),
                   [&](const SettingsSection& section) { return section.family == family; });
  assert(found != sections.end());
  return *found;
}

std::vector<const SettingsSection*> Settings::all_of(Family family) const {
  std::vector<const SettingsSection*> found;
  for (const SettingsSection& section : sections) {
    if (section.family == family) found.push_back(&section);
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
      if (name->family == Family::map)
        section.map.push_back(map_entry_of(entry));
      else
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
