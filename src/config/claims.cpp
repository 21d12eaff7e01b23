// SPDX-License-Identifier: MIT
#include "dmb/codec/text.h"
#include "dmb/config/build.h"
#include "dmb/config/text_rules.h"

#include <map>
#include <utility>

namespace dmb {
namespace {

struct Double {
  const Claim& first;
  const Claim& second;
};

std::vector<Double> doubles_in(const std::vector<Claim>& claims) {
  std::vector<Double> doubles;
  std::map<std::string_view, const Claim*> first_by_value;
  for (const Claim& claim : claims) {
    const auto [first, is_new] = first_by_value.emplace(claim.value, &claim);
    if (!is_new) doubles.push_back({*first->second, claim});
  }
  return doubles;
}

/// The line to point at: that of the later service, unless there only a default stands.
ConfigSpot spot_of(const Double& pair, const std::string& key) {
  if (pair.second.setting != nullptr) return pair.second.setting->spot;
  if (pair.first.setting != nullptr) return pair.first.setting->spot;
  return {.line = 0, .section = pair.second.section, .key = key};
}

std::string both_have(const Double& pair) {
  return printable(pair.second.value) + " is used by [" + printable(pair.first.section) +
         "] and [" + printable(pair.second.section) + "]";
}

}  // namespace

FreeInstances::FreeInstances(const Settings& settings, int last)
    : used_{BatteryConfig{}.device_instance, ShuntConfig{}.device_instance,
            BankConfig{}.device_instance},
      last_(last) {
  for (const SettingsSection& section : settings.sections) {
    const auto found = section.settings.find("device_instance");
    if (found == section.settings.end()) continue;
    if (const int* number = std::get_if<int>(&found->second.value)) used_.insert(*number);
  }
}

int FreeInstances::take() {
  do ++last_;
  while (used_.contains(last_));
  return last_;
}

std::string shown_label(const SettingsSection& section, const std::string& fallback,
                        Problems& problems) {
  const auto fault = device_name_fault(section.label);
  if (!fault) return section.label;
  if (Scope{&section}.find("device_name") == nullptr) {
    SpotProblems(problems, {.line = section.line, .section = section.title, .key = "device_name"})
        .warning("the section's name is the battery's name and " + *fault +
                 "; its default is used");
  }
  return fallback;
}

void add_claim(std::vector<Claim>& claims, std::string value, const SettingsSection& section,
               const Setting* setting) {
  if (setting != nullptr && setting->fault) return;
  claims.push_back({.value = std::move(value), .section = section.title, .setting = setting});
}

void check_claims(const Claims& claims, Problems& problems) {
  for (const Double& pair : doubles_in(claims.instances)) {
    SpotProblems(problems, spot_of(pair, "device_instance"))
        .error(both_have(pair) + "; give each a device_instance of its own");
  }
  for (const Double& pair : doubles_in(claims.service_names)) {
    // Names made from the instances are doubles only because those are.
    if (pair.first.setting == nullptr && pair.second.setting == nullptr) continue;
    SpotProblems(problems, spot_of(pair, "service_name"))
        .error(both_have(pair) + "; give each a service_name of its own");
  }
  for (const Double& pair : doubles_in(claims.topics)) {
    SpotProblems(problems, spot_of(pair, "topic"))
        .warning(both_have(pair) + ": the same battery is shown, and counted, twice");
  }
}

}  // namespace dmb
