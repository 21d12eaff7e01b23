// SPDX-License-Identifier: MIT
#include "dmb/bank/bank.h"

#include <algorithm>
#include <cmath>

namespace dmb {
namespace {

constexpr auto kNotHeard = static_cast<std::size_t>(-1);

}  // namespace

void Bank::change_rules(AggregateRules rules, StandingRules standing, Instant now) {
  if (rules.time_to_go != rules_.time_to_go) time_to_go_ = {};
  rules_ = rules;
  standing.switched_off = std::move(standing_.switched_off);
  standing_ = std::move(standing);
  judge_all(now);
}

void Bank::switch_off(std::set<std::string> ids, Instant now) {
  if (ids == standing_.switched_off) return;
  standing_.switched_off = std::move(ids);
  judge_all(now);
}

void Bank::replace(std::vector<MemberSnapshot> all, Instant now) {
  all_ = std::move(all);
  judge_all(now);
}

void Bank::judge_all(Instant now) {
  judge_members();
  rebuild(now);
}

void Bank::judge_members() {
  if (standing_.by_limits) limit_history_.mark(all_);
  judge(all_, standing_);
}

/// Whether a standing may depend on it.
bool Bank::weighs(const StaleValues& stale) const {
  const auto is_stale = [&stale](MemberQuantity item) { return stale.has(item); };
  return std::ranges::any_of(kStandingItems, is_stale) ||
         (standing_.by_limits &&
          (std::ranges::any_of(kLimitItems, is_stale) || stale.has(q("/Alarms/BmsCable"))));
}

void Bank::set(std::size_t index, const MemberValues& values, std::optional<double> capacity_ah,
               std::optional<double> discharge_floor_percent, Instant now) {
  MemberSnapshot& member = all_[index];
  StaleValues stale;
  for (const MemberQuantity item : kAllMemberQuantities)
    if (member.values[item] != values[item]) stale.note(item);
  stale.capacity = member.capacity_ah != capacity_ah ||
                   member.discharge_floor_percent != discharge_floor_percent;
  member.values = values;
  member.capacity_ah = capacity_ah;
  member.discharge_floor_percent = discharge_floor_percent;
  const bool judged = weighs(stale);
  if (judged) judge_members();
  if (judged && standings_changed()) return rebuild(now);
  if (index_[index] == kNotHeard) return;
  heard_[index_[index]].values = values;
  heard_[index_[index]].capacity_ah = capacity_ah;
  heard_[index_[index]].discharge_floor_percent = discharge_floor_percent;
  stale_.items |= stale.items;
  stale_.capacity = stale_.capacity || stale.capacity;
  if (!news_.all) news_.changed.push_back(index_[index]);
}

void Bank::set_texts(std::size_t index, const MemberTexts& texts) {
  if (all_[index].texts == texts) return;
  all_[index].texts = texts;
  if (index_[index] == kNotHeard) return;
  heard_[index_[index]].texts = texts;
  stale_.texts = true;
  if (!news_.all) news_.changed.push_back(index_[index]);
}

void Bank::set_measurement(const BankMeasurement& measured) {
  const BankMeasurement before = std::exchange(measured_, measured);
  if (before.current_a && !measured.current_a) {
    stale_.note(q("/Dc/0/Current"));
    stale_.note(q("/Dc/0/Power"));
  }
  if (before.discharge_floor_percent && !measured.discharge_floor_percent) stale_.capacity = true;
  if (!before.soc_percent || measured.soc_percent) return;
  stale_.note(q("/Soc"));
  stale_.note(q("/ConsumedAmphours"));
}

bool Bank::standings_changed() {
  return !std::ranges::equal(all_, standings_, {}, &MemberSnapshot::standing);
}

void Bank::rebuild(Instant now) {
  const std::vector<MemberSnapshot> before = std::exchange(heard_, {});
  standings_.clear();
  index_.clear();
  for (const MemberSnapshot& member : all_) {
    standings_.push_back(member.standing);
    index_.push_back(is_heard(member.standing) ? heard_.size() : kNotHeard);
    if (is_heard(member.standing)) heard_.push_back(member);
  }
  if (!std::ranges::equal(before, heard_, {}, &MemberSnapshot::id, &MemberSnapshot::id))
    soc_.change(before, heard_, now);
  news_ = {};
  stale_ = StaleValues::everything();
}

const Aggregate& Bank::aggregate(Instant now) {
  const auto held = soc_.soc_percent(heard_, now);
  if (soc_held_ && !held) stale_.note(q("/Soc"));
  soc_held_ = held.has_value();
  if (stale_.any()) refresh(aggregate_, heard_, rules_, std::exchange(stale_, {}));
  if (held) set_soc(aggregate_, held, rules_);
  if (measured_ != BankMeasurement()) set_measured(aggregate_, measured_, rules_);
  const TimeToGoConfig config = time_to_go_config(aggregate_, rules_);
  constexpr double kOtherFloor = 1;
  if (std::fabs(config.soc_floor_percent - floor_percent_.value_or(-kOtherFloor)) >= kOtherFloor) {
    time_to_go_ = {};
    floor_percent_ = config.soc_floor_percent;
  }
  aggregate_.time_to_go_s = time_to_go_.update(time_to_go_inputs(aggregate_), config, now);
  return aggregate_;
}

}  // namespace dmb
