// SPDX-License-Identifier: MIT
#include "rules.h"
#include "words.h"

#include <algorithm>
#include <string>
#include <utility>

namespace dmb::why {
namespace {

using MaybeLimit = std::optional<status::LimitStatus>;

/// From the owner's maximum down to the vote that wins, then what the guard made of it.
void add_battery(const Subject& battery, const MaybeLimit& limit, Chain& chain) {
  if (!limit) return;
  auto votes = limit->votes;
  std::ranges::stable_sort(votes, std::ranges::greater(), &status::VoteStatus::value);
  for (const status::VoteStatus& vote : votes)
    chain.steps.push_back({battery.name, vote.value, reason(vote.why)});
  const bool guarded = votes.empty() || votes.back().value != limit->value;
  if (guarded) chain.steps.push_back({battery.name, limit->value, reason(limit->why)});
  chain.steps.back().decides = true;
}

/// What is asked about does not control: what it would allow stands beside what is in force.
void add_would_be(const Case& c, MaybeLimit status::LimitsStatus::*which, Chain& chain) {
  if (const MaybeLimit& limit = c.asked->would_be.*which)
    chain.steps.push_back({c.asked->name, limit->value, "would be its limit (control = 0)"});
}

/// A limit on the GX that is lower decides instead.
void add_user_limit(const std::optional<double>& value, const MaybeLimit& limit, Chain& chain) {
  if (!value) return;
  const bool lower = !limit || !limit->value || *value < *limit->value;
  if (lower && !chain.steps.empty()) chain.steps.back().decides = false;
  chain.steps.push_back({"GX settings", value, "its own limit", lower});
}

void add_told(const std::string& who, const std::optional<double>& value, Chain& chain) {
  if (value) chain.steps.push_back({who, value, "is told"});
}

void add_given(const std::string& who, const std::optional<double>& current_a, Chain& chain) {
  if (current_a) chain.steps.push_back({who, current_a, "measured"});
}

Chain charge_current(const Case& c) {
  Chain chain{"CCL", "A", {}};
  add_would_be(c, &status::LimitsStatus::max_charge_current_a, chain);
  add_battery(c.limiting(), c.limiting().ccl, chain);
  add_user_limit(user_charge_limit(c), c.limiting().ccl, chain);
  for (const ChargerFacts& charger : c.gx.chargers) {
    add_told(charger.name, charger.told_current_a, chain);
    add_given(charger.name, charger.current_a, chain);
  }
  for (const InverterFacts& inverter : c.gx.inverters) {
    add_told(inverter.name, inverter.told_charge_a, chain);
    add_given(inverter.name, inverter.current_a, chain);
  }
  add_given(c.limiting().name, c.current_a(), chain);
  return chain;
}

Chain discharge_current(const Case& c) {
  Chain chain{"DCL", "A", {}};
  add_would_be(c, &status::LimitsStatus::max_discharge_current_a, chain);
  add_battery(c.limiting(), c.limiting().dcl, chain);
  for (const InverterFacts& inverter : c.gx.inverters)
    add_told(inverter.name, inverter.told_discharge_a, chain);
  return chain;
}

Chain charge_voltage(const Case& c) {
  Chain chain{"CVL", "V", {}};
  add_would_be(c, &status::LimitsStatus::max_charge_voltage_v, chain);
  add_battery(c.limiting(), c.limiting().cvl, chain);
  add_user_limit(user_voltage_limit(c), c.limiting().cvl, chain);
  if (c.gx.system && c.gx.system->charge_voltage_v)
    chain.steps.push_back({"systemcalc", c.gx.system->charge_voltage_v, "hands on"});
  for (const ChargerFacts& charger : c.gx.chargers)
    add_told(charger.name, charger.told_voltage_v, chain);
  for (const InverterFacts& inverter : c.gx.inverters)
    add_told(inverter.name, inverter.told_voltage_v, chain);
  if (c.limiting().voltage_v)
    chain.steps.push_back({c.limiting().name, c.limiting().voltage_v, "measured"});
  return chain;
}

}  // namespace

std::vector<Chain> chains_of(const Case& c) {
  return {charge_current(c), discharge_current(c), charge_voltage(c)};
}

}  // namespace dmb::why
