// SPDX-License-Identifier: MIT
#include "rules.h"
#include "words.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace dmb::why {
namespace {

/// From there on a limit is what keeps the current from being more.
constexpr double kAtLimit = 0.85;
constexpr double kSomeCurrentA = 0.5;
/// So near to CVL it counts as reached: 0.1 V of 53 V.
constexpr double kNearVoltage = 0.998;

bool is_at(const std::optional<double>& current_a, double limit_a) {
  return current_a && *current_a >= kAtLimit * limit_a && *current_a > kSomeCurrentA;
}

std::optional<double> positive(const std::optional<double>& value, double least) {
  return value && *value >= least ? value : std::nullopt;
}

std::optional<double> lower(const std::optional<double>& a, const std::optional<double>& b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

std::optional<Clause> user_limit(const Case& c) {
  const auto user_a = user_charge_limit(c);
  const auto& ccl = c.limiting().ccl;
  if (!user_a || (ccl && ccl->value && *ccl->value <= *user_a)) return std::nullopt;
  std::string then = "raise it there";
  if (ccl && ccl->value && !is_unlimited(ccl->value)) then += "; then: " + allows("CCL", *ccl);
  return Clause{"user_limit",
                "the GX's own limit allows " + amps(user_a) +
                    " (Settings > System setup > DVCC > Limit charge current)",
                std::move(then), *user_a == 0 || is_at(c.current_a(), *user_a)};
}

std::optional<Clause> stopped(const Case& c) {
  const auto& ccl = c.limiting().ccl;
  if (!ccl || ccl->value != 0) return std::nullopt;
  return Clause{"stopped", allows("CCL", *ccl), next_limit("CCL", *ccl)};
}

std::string voltage_reason(const Case& c, double cvl_v) {
  const Subject& battery = c.limiting();
  const auto user_v = user_voltage_limit(c);
  if (user_v && *user_v <= cvl_v) return "the GX's own limit";
  if (!battery.charge_mode.empty()) return battery.charge_mode;
  return battery.cvl ? battery.cvl->why : "";
}

/// It would give more if there were more sun.
bool follows_sun(const ChargerFacts& charger) {
  constexpr double kAllThereIs = 2;
  return charger.tracker == kAllThereIs && charger.current_a.value_or(0) > kSomeCurrentA;
}

/// The battery is as full as it is wanted now.
std::optional<Clause> voltage_reached(const Case& c) {
  const auto cvl_v = effective_cvl(c);
  const auto& voltage_v = c.limiting().voltage_v;
  if (!cvl_v || !voltage_v || *voltage_v < kNearVoltage * *cvl_v) return std::nullopt;
  if (std::ranges::any_of(c.gx.chargers, follows_sun)) return std::nullopt;
  if (const auto ccl_a = effective_ccl(c); ccl_a && is_at(c.current_a(), *ccl_a))
    return std::nullopt;
  const std::string why = voltage_reason(c, *cvl_v);
  return Clause{"voltage_reached",
                "CVL " + volts(cvl_v) + " is reached, the battery has " + volts(voltage_v) +
                    (why.empty() ? "" : " (" + why + ")"),
                ""};
}

std::optional<Clause> current_limit(const Case& c) {
  const auto& ccl = c.limiting().ccl;
  if (!ccl || !ccl->value || is_unlimited(ccl->value)) return std::nullopt;
  const bool limits = is_at(c.current_a(), *ccl->value);
  return Clause{"current_limit", allows("CCL", *ccl), limits ? next_limit("CCL", *ccl) : "",
                limits};
}

/// Whatever is said of the limit: these do not obey it.
std::optional<Clause> overruled(const Case& c) {
  const auto ccl_a = effective_ccl(c);
  const auto more = [&ccl_a](const ChargerFacts& charger) {
    return charger.solar && ccl_a && charger.told_current_a.value_or(0) > *ccl_a + kSomeCurrentA;
  };
  if (!feeds_in(c) || std::ranges::none_of(c.gx.chargers, more)) return std::nullopt;
  return Clause{"feed_in",
                "feed-in of DC-coupled PV is on: solar chargers go by CVL " +
                    volts(effective_cvl(c)) + " alone",
                "Settings > ESS > Feed-in excess solar: switch it off", false};
}

std::optional<Clause> not_obeyed(const Case& c) {
  const auto& cvl = c.limiting().cvl;
  const bool charges = c.current_a().value_or(0) > kSomeCurrentA;
  if (effective_ccl(c) != 0 || !charges || !cvl || !cvl->fault) return std::nullopt;
  return Clause{"not_obeyed", "CVL " + volts(cvl->value) + ", " + cvl->why, "", false};
}

std::optional<Clause> discharge_stopped(const Case& c) {
  const auto& dcl = c.limiting().dcl;
  if (!c.limits_count() || !dcl || dcl->value != 0) return std::nullopt;
  return Clause{"discharge_stopped", allows("DCL", *dcl), next_limit("DCL", *dcl)};
}

std::optional<Clause> ess_keeps(const Case& c) {
  if (!c.gx.system || c.gx.system->low_soc != 1) return std::nullopt;
  const auto least = c.gx.settings ? c.gx.settings->min_soc_percent : std::nullopt;
  return Clause{
      "ess_minimum",
      "ESS keeps what is left" +
          (least ? ": its minimum SoC is " + std::to_string(static_cast<int>(*least)) + " %"
                 : std::string()),
      "Settings > ESS > Minimum SoC: lower it"};
}

std::optional<Clause> ess_limit(const Case& c) {
  const auto most_w = c.gx.settings ? c.gx.settings->max_discharge_w : std::nullopt;
  if (most_w != 0) return std::nullopt;
  return Clause{"ess_limit", "the GX's own limit lets the inverter take nothing",
                "Settings > ESS > Limit inverter power: raise it"};
}

std::optional<Clause> inverter_off(const Case& c) {
  constexpr double kChargerOnly = 1;
  constexpr double kOff = 4;
  for (const InverterFacts& inverter : c.gx.inverters)
    if (inverter.mode == kChargerOnly || inverter.mode == kOff)
      return Clause{"inverter_mode",
                    inverter.name +
                        (inverter.mode == kOff ? " is switched off" : " is set to charger only") +
                        ": it takes nothing from the battery",
                    inverter.name + " > Switch: On"};
  return std::nullopt;
}

std::optional<Clause> discharge_limit(const Case& c) {
  const auto& dcl = c.limiting().dcl;
  const auto current_a = c.current_a();
  if (!c.limits_count() || !dcl || !dcl->value || !current_a || !is_at(-*current_a, *dcl->value))
    return std::nullopt;
  return Clause{"discharge_limit", allows("DCL", *dcl), next_limit("DCL", *dcl)};
}

constexpr std::array<Rule, 4> kLimit{user_limit, stopped, voltage_reached, current_limit};
constexpr std::array<Rule, 2> kOverrules{overruled, not_obeyed};
constexpr std::array<Rule, 5> kDischarge{discharge_stopped, ess_keeps, ess_limit, inverter_off,
                                         discharge_limit};

void say_first(std::span<const Rule> rules, const Case& c, Clauses& clauses) {
  for (const Rule rule : rules)
    if (auto clause = rule(c)) return clauses.push_back(std::move(*clause));
}

}  // namespace

std::optional<double> user_charge_limit(const Case& c) {
  return c.gx.settings ? positive(c.gx.settings->max_charge_current_a, 0) : std::nullopt;
}

std::optional<double> user_voltage_limit(const Case& c) {
  constexpr double kLeastV = 0.1;  // 0 is none
  return c.gx.settings ? positive(c.gx.settings->max_charge_voltage_v, kLeastV) : std::nullopt;
}

std::optional<double> effective_ccl(const Case& c) {
  const auto& ccl = c.limiting().ccl;
  return lower(ccl ? ccl->value : std::nullopt, user_charge_limit(c));
}

std::optional<double> effective_cvl(const Case& c) {
  const auto& cvl = c.limiting().cvl;
  if (!cvl || !cvl->value) return std::nullopt;
  return lower(cvl->value, user_voltage_limit(c));
}

bool feeds_in(const Case& c) {
  const auto has_ess = [](const InverterFacts& inverter) {
    return inverter.ess && inverter.ac_connected == 1;
  };
  return c.gx.settings && c.gx.settings->feed_in == 1 &&
         std::ranges::any_of(c.gx.inverters, has_ess);
}

void say_charge_limit(const Case& c, Clauses& clauses) {
  say_first(kLimit, c, clauses);
  say_first(kOverrules, c, clauses);
}

void say_discharge_limit(const Case& c, Clauses& clauses) {
  say_first(kDischarge, c, clauses);
}

}  // namespace dmb::why
