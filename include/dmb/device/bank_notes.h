// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/member_news.h"
#include "dmb/device/note.h"

#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace dmb {

/// Makes notes of what is seen of a bank again and again: one when something becomes true.
class BankNotes {
 public:
  Notes take() { return std::exchange(notes_, {}); }

  void nobody_found();
  /// Everybody who is there.
  void see_members(std::span<const MemberSnapshot> all);
  void see_charged_voltages(std::span<const WatchedMember> members);
  void capacity_unknown(const MemberSnapshot& member);
  void limit_changed(note::LimitChanged limit) { notes_.emplace_back(std::move(limit)); }
  void temperature_unknown() { notes_.emplace_back(note::TemperatureUnknown{}); }
  void charge_goal_unknown() { notes_.emplace_back(note::ChargeGoalUnknown{}); }
  void forgotten(const std::string& name) { notes_.emplace_back(note::MemberForgotten{name}); }
  void charge_voltage_lowered(bool lowered, double max_charge_voltage_v);
  void charge_voltage_misfit(double configured_v, double measured_v);
  void charge_voltage_fits() { misfit_said_ = false; }
  void hint(BankHint hint) { notes_.emplace_back(note::HintFound{std::move(hint)}); }
  void shows(note::BankShows shown) { notes_.emplace_back(shown); }
  void holding(BankTrouble trouble) { notes_.emplace_back(note::BankHolding{trouble}); }
  void left(BankTrouble trouble) { notes_.emplace_back(note::BankLeft{trouble}); }

 private:
  struct Seen {
    std::string id;
    std::string name;
    Standing standing;
  };

  Notes notes_;
  std::vector<Seen> seen_;
  std::set<std::string> without_capacity_;
  bool nobody_said_ = false;
  bool voltages_said_ = false;
  bool misfit_said_ = false;
};

}  // namespace dmb
