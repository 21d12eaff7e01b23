// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/aggregate.h"
#include "dmb/bank/limit_history.h"
#include "dmb/bank/standing.h"
#include "dmb/bank/steady_soc.h"

#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace dmb {

/// What is new about Bank::members().
struct BankNews {
  bool all = true;                   ///< look at each
  std::vector<std::size_t> changed;  ///< otherwise: whose values changed, by index
};

/// The members and their aggregate, kept up to date: a new value costs what depends on it, not what
/// all the other values do. aggregate() is always what dmb::aggregate() says of members(), but for
/// the SoC in the moments after some came or went, and a time to go that does not flicker.
class Bank {
 public:
  explicit Bank(AggregateRules rules, StandingRules standing = {})
      : rules_(rules), standing_(std::move(standing)) {}

  /// Those that are heard; the only ones whose values count.
  std::span<const MemberSnapshot> members() const { return heard_; }
  /// Every shunt that was handed in, and its standing.
  std::span<const MemberSnapshot> all() const { return all_; }
  /// Nobody is heard.
  bool empty() const { return heard_.empty(); }

  void change_rules(AggregateRules rules, StandingRules standing, Instant now);
  /// From now on those of these ids are not heard, and no others.
  void switch_off(std::set<std::string> ids, Instant now);
  /// Shunts came or went.
  void replace(std::vector<MemberSnapshot> all, Instant now);
  /// One shunt told something new. `index` as in all().
  void set(std::size_t index, const MemberValues& values, std::optional<double> capacity_ah,
           std::optional<double> discharge_floor_percent, Instant now);
  /// The same for what it tells in words.
  void set_texts(std::size_t index, const MemberTexts& texts);
  /// What a shunt measures for all of them; from now on that is the bank's.
  void set_measurement(const BankMeasurement& measured);
  /// From now on it is shown: its SoC must not jump.
  void steady_soc() { soc_.begin(); }

  /// What is new since the last call.
  BankNews take_news() { return std::exchange(news_, {.all = false, .changed = {}}); }

  const Aggregate& aggregate(Instant now);
  /// When aggregate() can change by the mere passing of time.
  std::optional<Instant> deadline() const { return soc_.deadline(); }

 private:
  void judge_all(Instant now);
  void judge_members();
  bool weighs(const StaleValues& stale) const;
  bool standings_changed();
  void rebuild(Instant now);

  AggregateRules rules_;
  StandingRules standing_;
  LimitHistory limit_history_;
  std::vector<MemberSnapshot> all_;
  std::vector<Standing> standings_;  ///< as of the last judgement
  std::vector<MemberSnapshot> heard_;
  std::vector<std::size_t> index_;  ///< in heard_, by index of all_
  BankNews news_;
  Aggregate aggregate_;
  BankMeasurement measured_;
  StaleValues stale_;
  SteadySoc soc_;
  TimeToGoClock time_to_go_;
  std::optional<double> floor_percent_;  ///< that time_to_go_ goes by
  bool soc_held_ = false;
};

}  // namespace dmb
