// SPDX-License-Identifier: MIT
#include "advising.h"
#include "dmb/codec/duration.h"
#include "dmb/device/hint_words.h"

#include <algorithm>

namespace dmb::status {
namespace {

/// A shunt tells only what changes, but a voltage seldom stands still for so long.
constexpr double kLongSilence_s = 600;

/// Those that may be meant: one that was exchanged is among them until it is forgotten.
std::string who(const std::vector<std::string>& missing) {
  std::string text;
  for (const std::string& shunt : missing) text += (text.empty() ? ": " : ", ") + shunt;
  return text;
}

void advise_members(const AggregateStatus& aggregate, const Commands& commands,
                    Advising& advising) {
  for (const NotCountedStatus& shunt : aggregate.not_counted)
    if (shunt.hung)
      advising.problem(aggregate.name, shunt.service + " does not answer, so it is not counted",
                       "unplug its VE.Direct cable and plug it in again, or restart its program");
  for (const MemberStatus& shunt : aggregate.members)
    if (shunt.last_signal_age_s > kLongSilence_s)
      advising.hint(
          aggregate.name,
          shunt.service + " has said nothing new for " + duration_text(shunt.last_signal_age_s),
          "if its values in the GX device's list stand still, restart its program");
  if (aggregate.lost > 0)
    advising.problem(aggregate.name,
                     std::to_string(aggregate.lost) + " shunt(s) missing" + who(aggregate.missing),
                     "check their VE.Direct cables; if one was taken out for good: " +
                         commands.forget + " NAME");
}

bool has_hint(const AggregateStatus& aggregate, BankHint::Kind kind) {
  return std::ranges::any_of(aggregate.hints,
                             [kind](const BankHint& hint) { return hint.kind == kind; });
}

std::string where_to_look(const AggregateStatus& aggregate) {
  if (has_hint(aggregate, BankHint::Kind::monitor_not_counted))
    return "if the monitor that is there measures this bank, add it to include_shunts; a "
           "SmartShunt is found by itself";
  const bool told =
      std::ranges::any_of(aggregate.not_counted, [](const auto& shunt) { return !shunt.hung; });
  if (told)
    return "see below what is not counted and why; exclude_shunts in the config says what to leave "
           "out";
  return "is the VE.Direct or USB cable in, and is the shunt in the GX device's list? It is found "
         "by itself";
}

void advise_nobody(const AggregateStatus& aggregate, Advising& advising) {
  if (!aggregate.looked_round)
    return advising.problem(aggregate.name, "it still looks for SmartShunts",
                            "ask again in a few seconds");
  advising.problem(aggregate.name,
                   aggregate.holding ? "no shunt is heard any more: charging is stopped (CCL 0)"
                                     : "there is no SmartShunt on the bus that it may count",
                   where_to_look(aggregate));
}

bool tells_voltage(const AggregateStatus& aggregate) {
  return std::ranges::any_of(
      aggregate.members, [](const MemberStatus& member) { return member.voltage_v.has_value(); });
}

void advise_direction(const AggregateStatus& aggregate, const std::optional<LimitStatus>& limit,
                      const char* what, Advising& advising) {
  if (!limit || !limit->fault || aggregate.holding) return;
  const bool stopped = limit->value == 0;
  advising.problem(aggregate.name,
                   std::string(what) + (stopped ? " is stopped: " : " is limited: ") + limit->why,
                   std::string("look at that ") +
                       (aggregate.of_batteries ? "battery" : "shunt and its battery") +
                       "; it is released 30 s after all is well");
}

void advise_hints(const AggregateStatus& aggregate, Advising& advising) {
  for (const BankHint& hint : aggregate.hints) {
    HintWords words = words_of(hint);
    advising.hint(aggregate.name, std::move(words.what), std::move(words.todo));
  }
}

}  // namespace

void advise_aggregate(const AggregateStatus& aggregate, const Commands& commands,
                      Advising& advising) {
  advise_members(aggregate, commands, advising);
  if (aggregate.members.empty()) {
    advise_nobody(aggregate, advising);
    return advise_hints(aggregate, advising);
  }
  if (!aggregate.service.on_bus && !tells_voltage(aggregate))
    return advising.problem(aggregate.name, "no shunt tells a voltage, so there is nothing to show",
                            "is the thin red wire of the shunt on the battery's plus?");
  advise_service(aggregate.service, aggregate.name, commands, advising);
  advise_direction(aggregate, aggregate.limits.max_charge_current_a, "charging", advising);
  advise_direction(aggregate, aggregate.limits.max_discharge_current_a, "discharging", advising);
  advise_hints(aggregate, advising);
  if (!aggregate.capacity_ah && aggregate.service.on_bus)
    advising.hint(aggregate.name, "the capacity of the bank is not known",
                  "set total_capacity, or the capacity in each shunt's own settings; or wait until "
                  "the SoC is between 10 and 90 %");
}

void advise_bank(const AggregateStatus& bank, const Commands& commands, Advising& advising) {
  if (bank.members.empty()) {
    advising.problem(bank.name,
                     bank.looked_round
                         ? "none of its batteries is heard: there is nothing to combine"
                         : "it still looks for its batteries",
                     "see below which are there and why they do not count; check members of its "
                     "section, and whether the batteries' own drivers run");
    return advise_hints(bank, advising);
  }
  if (bank.lost > 0) {
    std::string who;
    for (const std::string& name : bank.missing) who += (who.empty() ? ": " : ", ") + name;
    advising.problem(bank.name, std::to_string(bank.lost) + " of its batteries is lost" + who,
                     "look at that battery and its driver; one that was taken off for good: " +
                         commands.forget + " NAME");
  }
  advise_service(bank.service, bank.name, commands, advising);
  advise_direction(bank, bank.limits.max_charge_current_a, "charging", advising);
  advise_direction(bank, bank.limits.max_discharge_current_a, "discharging", advising);
  if (bank.service.on_bus && !bank.virtual_bms && !bank.trial)
    advising.hint(bank.name, "it shows no limits, so DVCC does not see a BMS",
                  "set max_charge_voltage where no member tells a charge voltage");
  advise_hints(bank, advising);
}

}  // namespace dmb::status
