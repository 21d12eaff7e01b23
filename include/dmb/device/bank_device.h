// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/bank.h"
#include "dmb/bank/bank_hints.h"
#include "dmb/bank/bank_life.h"
#include "dmb/bank/composition.h"
#include "dmb/device/aggregate_view.h"
#include "dmb/device/bank_limits.h"
#include "dmb/device/bank_notes.h"
#include "dmb/device/charge_memory_news.h"
#include "dmb/device/device.h"
#include "dmb/device/learned_members.h"
#include "dmb/device/temperature_lack.h"

#include <chrono>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace dmb {

/// What a bank goes by; checked in config.
struct BankRules {
  BankOf members = BankOf::shunts;  ///< never changes
  AggregateRules aggregate;
  /// A change of it counts from the next event of all members on.
  CompositionRules composition = {};
  StandingRules standing;
  std::optional<BmsRules> bms;                  ///< nullopt: a monitor
  std::optional<ChargeRules> charge = {};       ///< of a BMS: limits are made of the cells, too
  std::optional<std::size_t> expected_members;  ///< nullopt: as many as were ever heard together
  std::size_t expected_at_least = 0;            ///< then; those of this process are no surprise
  CapacityMode capacity_mode = CapacityMode::registers;
  std::vector<std::string> excluded;  ///< entries as of is_named()
  /// False: what it would limit is worked out, and not shown.
  bool control = true;
  std::chrono::seconds shown_every{0};  ///< between two notes of what it shows; 0: none
};

/// Several shunts as one battery, a monitor or a virtual BMS: who counts, whether the bank is on
/// the bus, what it shows there.
///
/// On the bus while there is a member that tells its voltage: a SoC may come days later, of a shunt
/// that was without power, and the chargers must not be left with an old limit until then.
class BankDevice : public Device {
 public:
  explicit BankDevice(BankRules rules);
  /// Before the first event: goes on as remembered.
  void resume(const BankMemory& memory, Instant now);
  /// Its charge control as well: before the first event, or when it has just come.
  void resume(const ChargeMemory& memory, Instant now);
  /// Who was seen, and what is stopped and for how long still, stays. A monitor does not even have
  /// the items of a BMS: from one to the other all values are lost, and the service has to come
  /// anew.
  void change_rules(BankRules rules, Instant now);

  void handle(const Event& event, Instant now) override;
  /// A missing member that will not come back, by what people call it. The limits that shrank for
  /// it rise as after any stop.
  Forgetting forget(const std::string& name);
  /// What its charge control misses of its members' sensors is not missed any more; false: nothing.
  bool forget_missing_sensors();

  /// The same of all that are missing, members and sensors: somebody wants it to look anew at what
  /// is there. One that is switched off and not there is forgotten as well.
  void redetect();

  const ItemValues& view(Instant now) override;
  ItemValues& values() override { return values_; }
  const ItemValues& values() const { return values_; }
  /// As of the last view(): on the bus, but for `off`.
  BankLife::Phase phase() const { return life_.phase(); }
  Presence presence() const override;
  std::optional<Instant> next_change(Instant now) const override;
  /// A member that falls silent is found out by whoever watches it, and one whose values stand
  /// still is as good as any.
  bool lives_by_itself() const override { return life_.phase() == BankLife::Phase::on; }
  Notes take_notes() override { return notes_.take(); }

  /// Whether memory() may say something new since the last call.
  bool take_memory_news() {
    const bool is_news_of_charge = charge_memory_news_.take();
    return std::exchange(memory_news_, false) || is_news_of_charge;
  }
  /// What must survive a restart.
  BankMemory memory(Instant now) const;
  /// Likewise of its charge control; nullopt: there is none.
  std::optional<ChargeMemory> charge_memory(Instant now) const;

  /// Whether it wants to know what is beside its members, to note what a person should look at. Now
  /// and then, while its members talk and all is known of them: what is known by halves looks odd.
  bool asks_around(Instant now) const;
  /// What a person should look at now. Asking changes nothing.
  std::vector<BankHint> hints(const Surroundings& around, Instant now) const;

  /// It shows limits, or may come to.
  bool is_bms() const { return limits_.has_value(); }
  /// It shows limits: those of members and what is configured.
  bool shows_limits() const { return limits_ && limits_->is_active(); }
  /// Those that are heard.
  std::span<const MemberSnapshot> members() const { return bank_.members(); }
  /// All that are there, with their standing; by index of the event's members, or as
  /// member_of_part() says.
  std::span<const MemberSnapshot> all() const { return bank_.all(); }
  /// Index in all() of what the event's member `part` belongs to. nullopt: it is no member and
  /// belongs to none.
  std::optional<std::size_t> member_of_part(std::size_t part) const {
    return is_composed_ ? composition_.member_of(part) : std::optional(part);
  }
  std::size_t lost() const { return known().lost(); }
  /// Every one that ever counted, also where it is not there.
  const KnownMembers::ById& known_members() const { return known().all(); }
  std::vector<std::string> missing() const { return known().missing(); }
  MemberAmpHours capacity_of(const std::string& id) const { return learned_.capacity_of(id); }
  /// As shown last; null for a monitor. Of a bank that does not control what it would show.
  const LimitState* limits() const { return limits_ ? &limits_->shown() : nullptr; }
  /// What they were made of.
  std::span<const Vote> votes() const {
    return limits_ ? limits_->votes() : std::span<const Vote>();
  }
  /// Null: there is none.
  const ChargeControl* charge_control() const {
    return limits_ ? limits_->charge_control() : nullptr;
  }

 private:
  void create_limits(KnownMembers seen);
  void change_kind();
  void forget_excluded();
  void take(const event::Members& event, Instant now);
  void take(const event::Wishes& event, Instant now);
  void take_all(std::span<const WatchedMember> members, Instant now);
  void take_battery(std::size_t index, const MemberSnapshot& battery, Instant now);
  void note_unknown_capacities();
  void take_part(std::size_t part, const WatchedMember& told, Instant now);
  void compose(std::span<const WatchedMember> members, std::vector<MemberSnapshot> parts,
               Instant now);
  MemberSnapshot complete(const WatchedMember& member);
  LearnedMembers::Facts learn(const WatchedMember& member);
  bool is_complete() const;
  std::chrono::milliseconds patience() const;
  bool has_settled(Instant now);
  void take_stock(Instant now);
  std::size_t count_mute() const;
  bool is_usable(Instant now);
  void show(Instant now);
  void look_around(const Surroundings& around, Instant now);
  std::vector<BankHint> look(BankHints& hints, const Surroundings& around, Instant now) const;
  void note_shown(Instant now);
  void note_phase(BankLife::Phase before);
  std::string tracked_services() const;
  std::string services_of_batteries() const;
  BankTrouble trouble() const {
    if (misfit_) return BankTrouble::charge_voltage_misfit;
    return rules_.members == BankOf::batteries ? BankTrouble::no_battery_heard
                                               : BankTrouble::nobody_heard;
  }
  KnownMembers& known() { return limits_ ? limits_->bms().known() : known_; }
  const KnownMembers& known() const { return limits_ ? limits_->bms().known() : known_; }

  BankRules rules_;
  Bank bank_;
  BankLife life_;
  LearnedMembers learned_;
  bool is_composed_ = false;  ///< its members are made of parts_
  Composition composition_;
  std::vector<MemberSnapshot> parts_;  ///< by index of the event's members
  std::optional<std::chrono::sys_days> today_;
  ManualWishes wishes_;
  std::set<std::string> switched_off_;  ///< ids of members
  TemperatureLack temperature_lack_;
  std::optional<BankLimits> limits_;  ///< of a virtual BMS
  KnownMembers known_;                ///< of a monitor; a BMS has its own
  ItemValues values_;
  std::vector<std::string> forgotten_;  ///< ids that never counted; not yet told to known()
  bool looked_round_ = false;
  bool complete_ = false;  ///< everything that can be known at once is known
  std::optional<Instant> first_member_at_;
  std::size_t lost_ = 0;  ///< as of the last view()
  bool settled_ = false;
  bool misfit_ = false;  ///< the configured charge voltage is not this bank's

  BankHints hints_;
  std::optional<Instant> next_look_;
  std::optional<Instant> shown_due_;  ///< when what it shows is noted again
  BankNotes notes_;
  bool memory_news_ = false;
  ChargeMemoryNews charge_memory_news_;
};

}  // namespace dmb
