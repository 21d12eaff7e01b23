// SPDX-License-Identifier: MIT
#include "dmb/device/bank_device.h"

#include "dmb/bank/complete_member.h"
#include "dmb/bank/shunt_selection.h"
#include "dmb/battery/quantity.h"
#include "dmb/device/aggregate_view.h"

#include <algorithm>
#include <chrono>
#include <set>

namespace dmb {
namespace {

/// For members that hang, or whose registers are slow: they must not keep the others from the bus.
constexpr std::chrono::milliseconds kPatience{500};
/// A battery's driver may start later, and limits without it would be those of a smaller bank.
constexpr std::chrono::milliseconds kPatienceForBatteries{5000};
constexpr std::chrono::seconds kBetweenLooks{30};

/// What is noted otherwise, or told by whoever finds the members.
bool is_told_elsewhere(BankHint::Kind kind) {
  return kind == BankHint::Kind::entry_matches_nothing ||
         kind == BankHint::Kind::charged_voltage_differs;
}

}  // namespace

BankDevice::BankDevice(BankRules rules)
    : rules_(std::move(rules)),
      bank_(rules_.aggregate, rules_.standing),
      life_(rules_.bms.has_value() && rules_.members == BankOf::shunts),
      learned_(rules_.capacity_mode) {
  if (rules_.bms) create_limits({});
  known().expect(rules_.expected_members, rules_.expected_at_least);
  create_aggregate_items(rules_.members, values_);
}

void BankDevice::resume(const BankMemory& memory, Instant now) {
  if (limits_)
    limits_->resume(memory, now);
  else
    known_.resume(memory, now);
  learned_.resume(memory);
  forget_excluded();
}

BankMemory BankDevice::memory(Instant now) const {
  return limits_ ? limits_->memory(now) : known_.memory(now);
}

void BankDevice::resume(const ChargeMemory& memory, Instant now) {
  ChargeControl* control = limits_ ? limits_->charge_control() : nullptr;
  if (control != nullptr) control->resume(memory, now);
}

std::optional<ChargeMemory> BankDevice::charge_memory(Instant now) const {
  const ChargeControl* control = charge_control();
  return control != nullptr ? std::optional(control->memory(now)) : std::nullopt;
}

void BankDevice::change_rules(BankRules rules, Instant now) {
  rules_ = std::move(rules);
  bank_.change_rules(rules_.aggregate, rules_.standing, now);
  learned_.change_mode(rules_.capacity_mode);
  if (rules_.bms.has_value() != is_bms()) {
    change_kind();
  } else if (limits_) {
    limits_->change_rules(*rules_.bms, rules_.control);
    limits_->change_charge_control(rules_.charge);
  }
  known().expect(rules_.expected_members, rules_.expected_at_least);
  forget_excluded();
  shown_due_.reset();
}

void BankDevice::create_limits(KnownMembers seen) {
  limits_.emplace(*rules_.bms, std::move(seen), rules_.control);
  limits_->change_charge_control(rules_.charge);
  limits_->set_today(today_);
  limits_->change_wishes(wishes_);
}

void BankDevice::change_kind() {
  KnownMembers seen = std::move(known());
  limits_.reset();
  if (rules_.bms)
    create_limits(std::move(seen));
  else
    known_ = std::move(seen);
  life_ = BankLife(shows_limits());
  values_ = ItemValues();
  create_aggregate_items(rules_.members, values_);
}

/// One that is not there cannot say that it is excluded.
void BankDevice::forget_excluded() {
  for (const auto& [id, shunt] : known().all()) {
    const ServiceIdentity identity{.service = id, .custom_name = shunt.name, .serial = id};
    const bool excluded = std::ranges::any_of(
        rules_.excluded, [&](const std::string& entry) { return is_named(identity, entry); });
    if (excluded && !shunt.present) forgotten_.push_back(id);
  }
}

void BankDevice::handle(const Event& event, Instant now) {
  if (const auto* members = std::get_if<event::Members>(&event)) take(*members, now);
  if (const auto* looked = std::get_if<event::LookedAround>(&event))
    look_around(looked->around, now);
  if (const auto* wishes = std::get_if<event::Wishes>(&event)) take(*wishes, now);
  if (const auto* full = std::get_if<event::FullCharge>(&event); full != nullptr && limits_)
    if (ChargeControl* control = limits_->charge_control())
      control->want_full_charge(full->is_wanted);
  if (const auto* today = std::get_if<event::Today>(&event)) {
    today_ = today->date;
    if (limits_) limits_->set_today(today_);
  }
}

void BankDevice::take(const event::Wishes& event, Instant now) {
  if (event.switched_off != switched_off_) {
    switched_off_ = event.switched_off;
    bank_.switch_off(switched_off_, now);
    known().switch_off(switched_off_, bank_.all(), now);
  }
  wishes_ = event.manual;
  if (limits_) limits_->change_wishes(wishes_);
}

/// With many members, all but the one that sent something are as they were: only what it told is
/// looked at.
void BankDevice::take(const event::Members& event, Instant now) {
  for (const std::string& id : event.news.forgotten) {
    learned_.forget(id);
    forgotten_.push_back(id);
  }
  looked_round_ = event.looked_round;
  if (event.news.all) return take_all(event.all, now);
  for (const std::size_t index : event.news.changed) {
    const WatchedMember& member = event.all[index];
    if (is_composed_) {
      take_part(index, member, now);
      continue;
    }
    if (rules_.members == BankOf::batteries) {
      take_battery(index, complete(member), now);
      continue;
    }
    const auto [capacity_ah, floor_percent] = learn(member);
    bank_.set(index, member.snapshot.values, capacity_ah, floor_percent, now);
  }
}

/// What a part tells is news of the member that is made of it.
void BankDevice::take_part(std::size_t part, const WatchedMember& told, Instant now) {
  parts_[part] = complete(told);
  bank_.set_measurement(composition_.measurement(parts_));
  if (const auto index = composition_.member_of(part))
    take_battery(*index, composition_.member(*index, parts_), now);
}

void BankDevice::compose(std::span<const WatchedMember> members, std::vector<MemberSnapshot> parts,
                         Instant now) {
  std::vector<MemberPlace> places;
  for (const WatchedMember& member : members) places.push_back(member.place);
  composition_ = Composition(rules_.composition, rules_.aggregate.danger);
  composition_.arrange(parts, places);
  parts_ = std::move(parts);
  bank_.set_measurement(composition_.measurement(parts_));
  bank_.replace(composition_.members(parts_), now);
  learned_.drop_absent(parts_);
  note_unknown_capacities();
}

/// Of a part it says nothing yet: another one may know.
void BankDevice::note_unknown_capacities() {
  if (!looked_round_ || !complete_ || rules_.aggregate.total_capacity_ah) return;
  for (const MemberSnapshot& member : bank_.members())
    if (!member.capacity_ah) notes_.capacity_unknown(member);
}

void BankDevice::take_battery(std::size_t index, const MemberSnapshot& battery, Instant now) {
  bank_.set_texts(index, battery.texts);
  bank_.set(index, battery.values, battery.capacity_ah, battery.discharge_floor_percent, now);
}

/// With what is learned of it, and what follows from what it tells.
MemberSnapshot BankDevice::complete(const WatchedMember& member) {
  const auto [capacity_ah, floor_percent] = learn(member);
  MemberSnapshot whole = member.snapshot;
  whole.capacity_ah = capacity_ah;
  whole.discharge_floor_percent = floor_percent;
  if (rules_.members == BankOf::shunts) return whole;
  complete_member(member.others, whole.values, whole.texts);
  // A sum of some of them would be too small.
  auto& consumed_ah = whole.values[q("/ConsumedAmphours")];
  const auto soc_percent = whole.values[q("/Soc")];
  if (!consumed_ah && capacity_ah && soc_percent)
    consumed_ah = -*capacity_ah * (1 - *soc_percent / 100);
  return whole;
}

Forgetting BankDevice::forget(const std::string& name) {
  // One that is there and tells nothing is missing, but cannot be forgotten.
  const bool is_there = std::ranges::any_of(bank_.all(), [&name](const MemberSnapshot& member) {
    return !is_heard(member.standing) &&
           is_named({.service = member.service, .custom_name = member.name, .serial = member.id},
                    name);
  });
  const Forgetting outcome = is_there ? Forgetting::present : known().forget(name);
  if (outcome == Forgetting::forgotten) {
    notes_.forgotten(name);
    memory_news_ = true;
  }
  return outcome;
}

bool BankDevice::forget_missing_sensors() {
  ChargeControl* control = limits_ ? limits_->charge_control() : nullptr;
  return control != nullptr && control->forget_missing();
}

void BankDevice::redetect() {
  std::vector<std::pair<std::string, std::string>> missing;
  for (const auto& [id, member] : known().all())
    if (!member.present &&
        std::ranges::find(bank_.all(), id, &MemberSnapshot::id) == bank_.all().end())
      missing.emplace_back(id, member.name);
  for (const auto& [id, name] : missing) {
    known().drop(id);
    notes_.forgotten(name);
    memory_news_ = true;
  }
  forget_missing_sensors();
}

void BankDevice::take_all(std::span<const WatchedMember> members, Instant now) {
  is_composed_ = !rules_.composition.is_plain() ||
                 std::ranges::any_of(members, [](const WatchedMember& member) {
                   return member.place.role != MemberRole::member;
                 });
  complete_ = std::ranges::none_of(members, &WatchedMember::registers_pending);
  std::vector<MemberSnapshot> shunts;
  for (const WatchedMember& member : members) shunts.push_back(complete(member));
  if (is_composed_) {
    compose(members, std::move(shunts), now);
  } else {
    parts_.clear();
    bank_.set_measurement({});
    bank_.replace(std::move(shunts), now);
    learned_.drop_absent(bank_.all());
  }
  notes_.see_charged_voltages(members);
}

LearnedMembers::Facts BankDevice::learn(const WatchedMember& member) {
  const LearnedMembers::Facts facts = learned_.learn(member);
  if (!facts.capacity_ah && looked_round_ && !rules_.aggregate.total_capacity_ah &&
      !member.registers_pending && !is_composed_)
    notes_.capacity_unknown(member.snapshot);
  return facts;
}

const ItemValues& BankDevice::view(Instant now) {
  if (has_settled(now)) take_stock(now);
  const BankLife::Phase before = life_.phase();
  if (limits_) life_.set_holds(limits_->is_active());
  if (life_.advance(settled_ && is_usable(now), now)) note_phase(before);
  if (life_.phase() == BankLife::Phase::on) show(now);
  if (life_.phase() == BankLife::Phase::holding) limits_->show_last_word(trouble(), now, values_);
  note_shown(now);
  charge_memory_news_.look(charge_control(), now);
  return values_;
}

Presence BankDevice::presence() const {
  return life_.phase() == BankLife::Phase::off ? Presence::off : Presence::on;
}

std::optional<Instant> BankDevice::next_change(Instant now) const {
  const auto settling =
      settled_ || !first_member_at_ ? std::nullopt : std::optional(*first_member_at_ + patience());
  const bool shows_limits = limits_ && life_.phase() == BankLife::Phase::on;
  const auto lowering = shows_limits ? limits_->next_change(now) : std::nullopt;
  const auto due = limits_ ? limits_->deadline(now) : known_.deadline();
  const auto stock = settled_ ? due : std::nullopt;
  return earlier(earlier(earlier(settling, lowering), shown_due_),
                 earlier(earlier(life_.deadline(), bank_.deadline()), stock));
}

std::chrono::milliseconds BankDevice::patience() const {
  return rules_.members == BankOf::batteries ? kPatienceForBatteries : kPatience;
}

bool BankDevice::is_complete() const {
  const bool all_heard = rules_.members == BankOf::shunts ||
                         bank_.members().size() + known().switched_off() >= known().expected();
  return looked_round_ && complete_ && all_heard;
}

/// Whether everything that can be known at once is known.
bool BankDevice::has_settled(Instant now) {
  if (settled_) return true;
  if (looked_round_ && bank_.all().empty()) notes_.nobody_found();
  if (bank_.empty()) {
    first_member_at_.reset();
    if (looked_round_) notes_.see_members(bank_.all());
    return false;
  }
  if (!first_member_at_) first_member_at_ = now;
  settled_ = is_complete() || now >= *first_member_at_ + patience();
  return settled_;
}

/// Who is there, who is missing, and what that allows. Off the bus as well: what has to wait for
/// its time must not be found waiting when the bank comes back.
void BankDevice::take_stock(Instant now) {
  const BankNews news = bank_.take_news();
  for (const std::string& id : std::exchange(forgotten_, {})) known().drop(id);
  if (news.all) {
    memory_news_ = true;
    known().switch_off(switched_off_, bank_.all(), now);
    known().set_mute(count_mute());
    notes_.see_members(bank_.all());
  }
  if (limits_) {
    memory_news_ = limits_->update(bank_, news, now, notes_) || memory_news_;
  } else {
    if (news.all) known_.look(bank_.members(), now);
    known_.let_pass(now);
  }
  const bool lost_changed = std::exchange(lost_, known().lost()) != known().lost();
  memory_news_ = memory_news_ || lost_changed;
  if ((news.all || lost_changed) && !bank_.empty())
    show_members({known().present(), known().lost()}, tracked_services(), values_);
}

/// Members that are there and should count: of them it is known that they are missing.
std::size_t BankDevice::count_mute() const {
  return static_cast<std::size_t>(std::ranges::count_if(bank_.all(), [](const MemberSnapshot& s) {
    return !is_heard(s.standing) && s.standing != Standing::other_bank &&
           s.standing != Standing::switched_off;
  }));
}

bool BankDevice::is_usable(Instant now) {
  misfit_ = false;
  if (bank_.empty()) return false;
  const auto voltage_v = bank_.aggregate(now).values[q("/Dc/0/Voltage")];
  if (!limits_ || !rules_.control) return true;
  const auto right_v = limits_->right_charge_voltage_v();
  misfit_ = !limits_->fits(voltage_v, notes_);
  memory_news_ = memory_news_ || limits_->right_charge_voltage_v() != right_v;
  return !misfit_;
}

void BankDevice::show(Instant now) {
  const Aggregate& bank = bank_.aggregate(now);
  bank_.steady_soc();
  show_aggregate(bank, values_);
  if (limits_) limits_->show(bank, bank_.members(), now, values_, notes_);
  if (temperature_lack_.look(charge_control(), now)) notes_.temperature_unknown();
}

void BankDevice::note_shown(Instant now) {
  if (rules_.shown_every.count() == 0) return;
  if (!shown_due_) shown_due_ = now + rules_.shown_every;
  if (now < *shown_due_) return;
  shown_due_ = now + rules_.shown_every;
  notes_.shows({bank_.members().size(), values_.number(q("/Dc/0/Voltage")),
                values_.number(q("/Dc/0/Current")), values_.number(q("/Dc/0/Power")),
                values_.number(q("/Soc"))});
}

bool BankDevice::asks_around(Instant now) const {
  return looked_round_ && complete_ && (!next_look_ || now >= *next_look_);
}

void BankDevice::look_around(const Surroundings& around, Instant now) {
  next_look_ = now + kBetweenLooks;
  look(hints_, around, now);
  for (BankHint& hint : hints_.take_new())
    if (!is_told_elsewhere(hint.kind)) notes_.hint(std::move(hint));
}

std::vector<BankHint> BankDevice::hints(const Surroundings& around, Instant now) const {
  BankHints hints = hints_;
  return look(hints, around, now);
}

std::vector<BankHint> BankDevice::look(BankHints& hints, const Surroundings& around,
                                       Instant now) const {
  std::vector<HintMember> members;
  for (const MemberSnapshot& member : bank_.members())
    members.push_back({&member, learned_.charged_voltage_v(member.id)});
  const auto composition = is_composed_ ? composition_.hints(parts_) : std::vector<BankHint>();
  return hints.look({.members = members,
                     .total_capacity_ah = rules_.aggregate.total_capacity_ah,
                     .complete = lost() == 0,
                     .stops_for_alarms = is_bms(),
                     .around = around,
                     .of_batteries = rules_.members == BankOf::batteries,
                     .composition = composition},
                    now);
}

void BankDevice::note_phase(BankLife::Phase before) {
  if (life_.phase() == BankLife::Phase::holding) return notes_.holding(trouble());
  if (life_.phase() == BankLife::Phase::off && before != BankLife::Phase::off)
    notes_.left(trouble());
}

/// Those of shunts that only measure as well. A battery of this process need not have one.
std::string BankDevice::services_of_batteries() const {
  std::set<std::string> services;
  if (is_composed_)
    for (const MemberSnapshot& part : parts_) services.insert(part.service);
  else
    for (const MemberSnapshot& member : bank_.members()) services.insert(member.service);
  std::string list;
  for (const std::string& service : services)
    if (!service.empty()) list += (list.empty() ? "" : ",") + service;
  return list;
}

std::string BankDevice::tracked_services() const {
  if (rules_.members == BankOf::batteries) return services_of_batteries();
  std::string list;
  for (const MemberSnapshot& member : bank_.members()) {
    if (!list.empty()) list += ',';
    list += member.service;
  }
  return list;
}

}  // namespace dmb
