// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/bank.h"
#include "dmb/battery/charge_voltage.h"
#include "dmb/battery/item_values.h"
#include "dmb/control/charge_control.h"
#include "dmb/control/guard.h"
#include "dmb/control/manual.h"
#include "dmb/control/member_limits.h"
#include "dmb/control/virtual_bms.h"
#include "dmb/device/bank_notes.h"

#include <chrono>
#include <optional>
#include <span>
#include <vector>

namespace dmb {

/// What a bank that is a virtual BMS lets chargers and loads do, and what it shows of that: the
/// configured limits, less what members stop or miss, a charge voltage that makes a stop true, and
/// the last word before it leaves.
///
/// A bank of batteries goes by its members' own limits as well, and is a BMS only once there is a
/// charge voltage: until then it has no limit and no item that says what is allowed. One that does
/// not control shows none of it either. A charge control makes limits of the members' cells, too.
class BankLimits {
 public:
  BankLimits(const BmsRules& rules, KnownMembers seen, bool control = true);
  /// What is stopped, and for how long still, stays as it is.
  void change_rules(const BmsRules& rules, bool control = true);

  BankMemory memory(Instant now) const;
  void resume(const BankMemory& memory, Instant now);

  const VirtualBms& bms() const { return bms_; }
  VirtualBms& bms() { return bms_; }

  /// nullopt: there is none. Nothing that it knows, or has stopped, is forgotten.
  void change_charge_control(const std::optional<ChargeRules>& rules);
  /// Null: there is none.
  const ChargeControl* charge_control() const { return charge_ ? &*charge_ : nullptr; }
  ChargeControl* charge_control() { return charge_ ? &*charge_ : nullptr; }
  /// What a person wants, in force with the next update() or show_last_word().
  void change_wishes(const ManualWishes& wishes) { manual_.change(wishes); }
  /// nullopt: the clock is not set.
  void set_today(std::optional<std::chrono::sys_days> today) { today_ = today; }

  /// What is new about the members. Returns whether the memory may say something new.
  bool update(Bank& bank, const BankNews& news, Instant now, BankNotes& notes);
  /// What it says is shown.
  bool is_active() const { return control_ && gives_voltage_; }
  /// When update() can change by the mere passing of time.
  std::optional<Instant> deadline(Instant now) const;
  /// A charge voltage that cannot be this bank's is worse than none.
  bool fits(std::optional<double> voltage_v, BankNotes& notes);
  /// The last one that fitted a measured voltage.
  std::optional<double> right_charge_voltage_v() const { return charge_voltage_fit_.right_v(); }
  void show(const Aggregate& bank, std::span<const MemberSnapshot> members, Instant now,
            ItemValues& values, BankNotes& notes);
  /// Stops the chargers, in the ten seconds before the bank leaves.
  void show_last_word(BankTrouble trouble, Instant now, ItemValues& values);

  /// As shown last.
  const LimitState& shown() const { return guard_.state(); }
  /// Of all who may limit, as of the last update().
  std::span<const Vote> votes() const {
    return members_ || charge_ || manual_.any() ? votes_ : bms_.votes();
  }
  /// When show() can change by the mere passing of time.
  std::optional<Instant> next_change(Instant now) const { return guard_.next_change(true, now); }

 private:
  void note_reason(Limit limit, LimitReason& noted, BankNotes& notes) const;
  void decide(std::span<const Vote> votes, const GuardNews& news, Instant now, ItemValues& values);
  bool update_members(Bank& bank, Instant now);
  void control_charge(Bank& bank, Instant now);
  void gather_votes(Bank& bank, Instant now);
  bool is_full_wanted() const { return charge_ && charge_->full_charge_wanted(); }
  void show_members(std::span<const MemberSnapshot> members, ItemValues& values) const;
  bool says_lost(Instant now) const;

  BmsRules rules_;
  bool control_;
  VirtualBms bms_;
  std::optional<MemberLimits> members_;  ///< of a bank of batteries
  std::optional<ChargeControl> charge_;
  ManualLimits manual_;
  bool charges_ = false;  ///< it is asked: of nobody it would only say what it said before
  std::optional<std::chrono::sys_days> today_;
  std::optional<Instant> told_at_;   ///< when a member told something last
  std::vector<Vote> votes_;          ///< of all of them
  bool gives_voltage_ = false;       ///< there is a CVL, or was
  std::optional<Instant> began_at_;  ///< when a member was heard first
  LimitReason charge_noted_;         ///< that notes told last
  LimitReason discharge_noted_;
  ChargeVoltageFit charge_voltage_fit_;
  Guard guard_;
  std::optional<double> voltage_v_;  ///< of the bank, the last one known
};

}  // namespace dmb
