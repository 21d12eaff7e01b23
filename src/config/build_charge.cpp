// SPDX-License-Identifier: MIT
#include "dmb/battery/letter_case.h"
#include "dmb/codec/spelling.h"
#include "dmb/codec/text.h"
#include "dmb/config/build.h"
#include "dmb/config/charge_targets.h"
#include "dmb/config/charge_text.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace dmb {
namespace {

constexpr std::string_view kMonitor =
    "[SMARTSHUNTS] is a monitor and has no limits; device_mode = virtual-bms has";

std::string in_brackets(std::string_view title) {
  return '[' + printable(title) + ']';
}

/// One section, and the one that holds for what it does not say.
struct Written {
  const SettingsSection* section = nullptr;
  ChargeText text;
  const Written* common = nullptr;
};

class ChargeControls {
 public:
  ChargeControls(const Settings& settings, Config& config, Problems& problems)
      : settings_(settings), targets_(settings, config), problems_(problems) {}

  void build() {
    for (const SettingsSection* section : settings_.charge_controls())
      if (section->label.empty()) common_ = read(*section, nullptr);
    for (const SettingsSection* section : settings_.charge_controls()) {
      if (section->label.empty()) continue;
      const Written own = read(*section, common_ ? &*common_ : nullptr);
      control_named(own);
    }
    if (common_) control_rest(*common_);
  }

 private:
  Written read(const SettingsSection& section, const Written* common) {
    std::vector<ChargeLine> lines;
    for (const auto& [key, setting] : section.settings) {
      setting.read = true;
      if (const auto* value = std::get_if<std::string>(&setting.value))
        lines.push_back({key, *value});
    }
    Written written{&section, read_charge_control(lines, common ? common->text : ChargeText{}),
                    common};
    report(written);
    return written;
  }

  void report(const Written& written) {
    const ChargeText& text = written.text;
    if (text.enabled) report_faults(written);
    for (const auto& [key, problem] : text.faults)
      if (!text.enabled)
        SpotProblems(problems_, spot_of(written, key)).warning(problem + "; it is off");
    for (const auto& [key, warning] : text.warnings)
      SpotProblems(problems_, spot_of(written, key)).warning(warning);
    for (const auto& [key, became] : text.became)
      SpotProblems(problems_, spot_of(written, key)).info("becomes " + printable(became, 300));
  }

  void report_faults(const Written& written) {
    for (const auto& [key, problem] : written.text.faults) error(spot_of(written, key), problem);
  }

  /// Where a key is told; where it is missing, the section it is missed in.
  static ConfigSpot spot_of(const Written& written, std::string_view key) {
    for (const Written* place = &written; place != nullptr; place = place->common) {
      const auto told = place->text.told_by.find(key);
      const auto& settings = place->section->settings;
      const auto found =
          settings.find(told != place->text.told_by.end() ? std::string_view(told->second) : key);
      if (found != settings.end() && !found->second.empty) return found->second.spot;
    }
    return {
        .line = written.section->line, .section = written.section->title, .key = std::string(key)};
  }

  /// What several batteries have from one section is told once.
  void error(ConfigSpot spot, std::string message) {
    if (told_.emplace(spot.line, spot.key, message).second)
      SpotProblems(problems_, std::move(spot)).error(std::move(message));
  }
  void error_of_missing(const Written& written, const char* key, std::string what) {
    if (told_.emplace(written.section->line, key, "").second)
      SpotProblems(problems_,
                   {.line = written.section->line, .section = written.section->title, .key = key})
          .error("is missing; " + std::move(what));
  }
  static ConfigSpot header(const SettingsSection& section) {
    return {.line = section.line, .section = section.title, .key = {}};
  }

  void control_named(const Written& own) {
    const SettingsSection& section = *own.section;
    const auto targets = targets_.named(section.label);
    if (targets.size() > 1)
      return error(header(section),
                   "is the name of a battery and of a bank: give one of them another name");
    if (targets.empty()) return miss(section);
    const ChargeTarget& target = targets.front();
    controlled_.insert(target.rules);
    if (target.has_limits) return control(own, target);
    if (own.text.enabled) error(header(section), std::string(kMonitor));
  }

  /// What is there and off has no effect, as its own section has none.
  void miss(const SettingsSection& section) {
    std::vector<std::string> names;
    for (const auto& sections : {settings_.batteries(), settings_.banks()})
      for (const SettingsSection* one : sections) names.push_back(one->label);
    const auto is_this = [&](std::string_view name) {
      return equals_ignoring_case(name, section.label);
    };
    if (std::ranges::any_of(names, is_this) || is_this("SMARTSHUNTS") || is_this("MQTT")) {
      for (const auto& [key, setting] : section.settings) setting.read = false;
      return;
    }
    error(header(section), names.empty() ? "is for a battery or bank of that name, and there is "
                                           "none: write [CHARGE CONTROL] without a name"
                                         : "no [BATTERY] or [BANK] has that name; " +
                                               names_there_are(names, section.label));
  }

  static std::string names_there_are(const std::vector<std::string>& names,
                                     const std::string& wanted) {
    std::string text = "there are: ";
    constexpr std::size_t kMostNames = 10;
    for (std::size_t i = 0; i < std::min(names.size(), kMostNames); ++i)
      text += (i > 0 ? ", " : "") + printable(names[i]);
    const std::vector<std::string_view> candidates(names.begin(), names.end());
    const auto near = nearest_word(wanted, candidates);
    return near.empty() ? text : text + "; did you mean [CHARGE CONTROL " + printable(near) + "]?";
  }

  void control_rest(const Written& common) {
    const auto targets = targets_.common();
    if (targets.empty() && common.text.enabled && problems_.error_count() == 0)
      return error(header(*common.section),
                   "there is nothing to control: " +
                       std::string(targets_.shunts() ? kMonitor : "no battery and no bank"));
    for (const ChargeTarget& target : targets)
      if (!controlled_.contains(target.rules)) control(common, target);
  }

  void control(const Written& written, const ChargeTarget& target) {
    const ChargeText& text = written.text;
    if (!text.enabled) {
      const bool here = text.told_by.contains("enabled");
      if (!here)
        SpotProblems(problems_, header(*written.section))
            .info("is off: [CHARGE CONTROL] has enabled = 0, and it has none of its own");
      return;
    }
    ChargeRules rules = text.rules;
    // One that is off itself may still say what this one does not.
    if (written.common != nullptr) report_faults(*written.common);
    const bool readable =
        text.faults.empty() && (!written.common || written.common->text.faults.empty());
    const bool in = has_maximum(written, target, "max_charge_current", target.max_charge_current_a,
                                rules.max_charge_current_a);
    const bool out = has_maximum(written, target, "max_discharge_current",
                                 target.max_discharge_current_a, rules.max_discharge_current_a);
    if (!readable || !in || !out || !fits(written, target, rules)) return;
    *target.rules = std::move(rules);
  }

  static bool is_told(const Written& written, std::string_view key) {
    for (const Written* place = &written; place != nullptr; place = place->common)
      if (place->text.told_by.contains(key)) return true;
    return false;
  }

  bool has_maximum(const Written& written, const ChargeTarget& target, const char* key,
                   const std::optional<double>& of_target_a, double& maximum_a) {
    if (is_told(written, key)) return true;
    if (of_target_a) {
      maximum_a = *of_target_a;
      return true;
    }
    if (scope_of(target).is_faulty(key)) return false;  // reported there
    error_of_missing(written, key,
                     "set it to what " + in_brackets(target.section->title) +
                         " may have at most, in A, from the data sheet of its cells and BMS");
    return false;
  }

  bool fits(const Written& written, const ChargeTarget& target, const ChargeRules& rules) {
    const auto faults = faults_of(rules);
    for (const auto& [key, problem] : faults) error(spot_of_fault(written, target, key), problem);
    if (!faults.empty()) return false;
    if (!target.tells_cells && !rules.cells) {
      error_of_missing(written, "cells",
                       "SmartShunts tell no cells: set it to the number of cells in series, such "
                       "as 16");
      return false;
    }
    if (!rules.cells) return true;
    if (*rules.cells % target.series != 0) {
      error(spot_of(written, "cells"),
            "must be that of the whole string, and so a multiple of series, which is " +
                std::to_string(target.series) + " in " + in_brackets(target.section->title));
      return false;
    }
    if (!target.max_charge_voltage_v) return true;
    const auto misfit = misfit_of(*target.max_charge_voltage_v, *rules.cells, rules);
    if (misfit)
      error(spot_of(written, "cells"), "does not fit max_charge_voltage of " +
                                           in_brackets(target.section->title) + ": " + *misfit);
    return !misfit;
  }

  /// [DEFAULT] has maxima for the shunts only.
  Scope scope_of(const ChargeTarget& target) const {
    if (target.section->family != Family::smartshunts) return {target.section};
    return {target.section, &settings_.of(Family::general)};
  }

  /// A maximum may be the bank's own.
  ConfigSpot spot_of_fault(const Written& written, const ChargeTarget& target,
                           std::string_view key) const {
    if (!is_told(written, key))
      if (const Setting* setting = scope_of(target).find(key)) return setting->spot;
    return spot_of(written, key);
  }

  const Settings& settings_;
  ChargeTargets targets_;
  Problems& problems_;
  std::optional<Written> common_;
  std::set<const void*> controlled_;
  std::set<std::tuple<int, std::string, std::string>> told_;
};

}  // namespace

void build_charge_controls(const Settings& settings, Config& config, Problems& problems) {
  if (!settings.charge_controls().empty()) ChargeControls(settings, config, problems).build();
}

}  // namespace dmb
