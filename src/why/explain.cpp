// SPDX-License-Identifier: MIT
#include "dmb/why/explain.h"

#include "rules.h"
#include "words.h"

#include <algorithm>
#include <utility>

namespace dmb::why {
namespace {

constexpr double kSomeCurrentA = 0.5;

std::string flow(const Case& c, bool charge) {
  const auto current_a = c.current_a();
  if (current_a && *current_a > kSomeCurrentA) return "charging " + amps(current_a);
  if (current_a && *current_a < -kSomeCurrentA) return "discharging " + amps(-*current_a);
  return charge ? "not charging" : "not discharging";
}

Answer answer(std::string line, Clauses clauses) {
  for (std::size_t i = 0; i < clauses.size(); ++i) line += (i == 0 ? ": " : "; ") + clauses[i].text;
  if (clauses.empty()) line += ": nothing limits it";
  return {std::move(line), std::move(clauses)};
}

Answer charge_answer(const Case& c) {
  Clauses clauses;
  say_presence(c, clauses);
  say_control(c, clauses);
  // Without a BMS the owner's own limit counts all the same.
  if (c.limits_count() || (c.gx.system && c.dvcc() && !c.asked->is_bms()))
    say_charge_limit(c, clauses);
  say_chargers(c, clauses);
  say_beside(c, clauses);
  return answer(flow(c, true), std::move(clauses));
}

std::optional<Answer> discharge_answer(const Case& c) {
  Clauses clauses;
  say_discharge_limit(c, clauses);
  if (clauses.empty()) return std::nullopt;
  return answer(flow(c, false), std::move(clauses));
}

std::string nothing(const Case& c, std::string_view name) {
  std::string names;
  for (const Subject& subject : c.subjects) names += (names.empty() ? "" : ", ") + subject.name;
  if (names.empty())
    return c.running ? "there is no battery: see --status"
                     : "dbus-mqtt-battery does not run, and no battery is on the bus";
  return "no battery is called " + std::string(name) + ": there are " + names;
}

}  // namespace

bool Answer::limited() const {
  return std::ranges::any_of(clauses, &Clause::limits);
}

Why explain(const GxFacts& facts, std::span<const status::ProcessStatus> processes,
            std::string_view name) {
  const Case c = case_of(facts, processes, name);
  if (c.asked == nullptr) return {.trouble = nothing(c, name)};
  return {.trouble = {},
          .battery = c.asked->name,
          .service = c.asked->service,
          .charge = charge_answer(c),
          .discharge = discharge_answer(c),
          .charges = c.current_a().value_or(0) > kSomeCurrentA,
          .chains = chains_of(c),
          .silent = facts.silent};
}

const std::string& verdict(const Why& why) {
  if (!why.trouble.empty()) return why.trouble;
  const bool is_discharge = why.discharge && !why.charge.limited() && !why.charges;
  return is_discharge ? why.discharge->line : why.charge.line;
}

Outcome outcome(const Why& why) {
  if (!why.trouble.empty()) return Outcome::nothing_to_explain;
  return why.charge.limited() || why.discharge ? Outcome::limited : Outcome::nothing_limits;
}

}  // namespace dmb::why
