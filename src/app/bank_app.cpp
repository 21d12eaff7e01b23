// SPDX-License-Identifier: MIT
#include "app/bank_app.h"

#include "dmb/bank/standing.h"
#include "dmb/device/page_pack.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

namespace dmb {

namespace {

/// A monitor that counts for nothing, and might.
bool is_monitor_beside(const SeenBattery& seen) {
  return seen.membership == Membership::monitor ||
         (seen.membership == Membership::no_shunt && is_other_monitor(seen.identity));
}

}  // namespace

BankApp::BankApp(Loop& loop, BankSetup setup, StateFile& state, Tape& tape,
                 std::function<void()> settled)
    : loop_(loop),
      state_(state),
      tape_(tape),
      settled_(std::move(settled)),
      setup_(std::move(setup)),
      bank_(setup_.rules),
      taped_(tape, bank_, setup_.description.service_name,
             [this](DecisionWatch& watch) { return watch.look(bank_); }),
      host_(loop, taped_, setup_.description, true, [this] { on_settled(); }),
      panel_(loop, taped_, host_),
      watcher_(host_.service()->bus(), setup_.watch,
               [this](const MemberNews& news) { on_news(news); }) {
  tape_.add(record::Created{.device = setup_.description.service_name, .is_bank = true});
  if (setup_.is_of_batteries()) host_.call_members("battery");
  host_.offer_cells({.heard = [this] { return bank_.members().size(); },
                     .packs = [this] { return page_packs(); },
                     .members = [this] { return bank_.members(); },
                     .series = [this] { return series(); }});
  host_.recall_settings(state.recall_settings(setup_.description.service_name));
  if (const BankMemory* memory = state.recall_bank(setup_.description.service_name)) {
    State known;
    known.banks.emplace(setup_.description.service_name, *memory);
    tape_memory(std::move(known));
    bank_.resume(*memory, loop.now());
  }
  resume_charge_control();
  panel_.offer(switch_offer());
}

BankApp::~BankApp() {
  tape_.add(record::Ended{setup_.description.service_name});
}

void BankApp::tape_memory(State memory) {
  tape_.add(record::Resumed{setup_.description.service_name, std::move(memory)});
}

void BankApp::tape_creation() {
  const std::string& service = setup_.description.service_name;
  tape_.add(record::Created{.device = service, .is_bank = true});
  State known;
  known.banks.emplace(service, memory());
  if (auto charge = charge_memory()) known.charge_controls.emplace(service, std::move(*charge));
  tape_memory(std::move(known));
  taped_.tell_standing_events();
}

void BankApp::tape_view() {
  record::MembersCame came{.device = setup_.description.service_name,
                           .all = true,
                           .members = {},
                           .forgotten = {},
                           .looked_round = watcher_.looked_round()};
  const auto all = members_.all();
  for (std::size_t i = 0; i < all.size(); ++i) came.members.emplace_back(i, all[i]);
  tape_.add(std::move(came));
  taped_.tell_view();
}

void BankApp::on_settled() {
  // Which one is the last that may not be switched off.
  if (setup_.switches && bank_.members().size() != heard_at_offer_) panel_.offer(switch_offer());
  const ChargeControl* control = bank_.charge_control();
  panel_.show(bank_.shows_limits(), control != nullptr && control->full_charge_wanted());
  if (panel_.take_redetect()) redetect();
  if (bank_.take_memory_news() || host_.take_settings_news()) state_.changed();
  settled_();
}

void BankApp::redetect() {
  tape_.add(record::Redetected{setup_.description.service_name});
  bank_.redetect();
  watcher_.look_again();
  panel_.offer(switch_offer());
  host_.wake();
}

void BankApp::resume_charge_control() {
  const std::string& service = setup_.description.service_name;
  const auto* memory = state_.recall_charge_control(service);
  if (memory == nullptr) return;
  State known;
  known.charge_controls.emplace(service, *memory);
  tape_memory(std::move(known));
  bank_.resume(*memory, loop_.now());
}

std::vector<PagePack> BankApp::page_packs() const {
  std::vector<PagePack> packs;
  const auto all = bank_.all();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (is_heard(all[i].standing)) packs.push_back(page_pack_of(all[i], cells_of_member(i)));
  return packs;
}

/// How many batteries are behind a shunt nobody knows.
std::optional<int> BankApp::series() const {
  if (!setup_.is_of_batteries()) return std::nullopt;
  return static_cast<int>(std::max<std::size_t>(setup_.rules.composition.series, 1));
}

/// Of a string those of its batteries, one after the other.
ByCell BankApp::cells_of_member(std::size_t index) const {
  std::map<std::uint16_t, ByCell> by_position;
  const auto parts = members_.all();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const WatchedMember& part = parts[i];
    if (part.place.role != MemberRole::member || bank_.member_of_part(i) != index) continue;
    const ItemValues* own = own_.values_of(part.snapshot.id);
    by_position.try_emplace(part.place.position,
                            own != nullptr ? cells_of(*own) : cells_of(part.others));
  }
  ByCell cells;
  for (const auto& [position, more] : by_position) append_cells(cells, more);
  return cells;
}

void BankApp::change(BankSetup setup) {
  tape_.add(record::Changed{setup_.description.service_name, setup.description.service_name});
  const bool other_kind = setup.rules.bms.has_value() != setup_.rules.bms.has_value();
  setup_ = std::move(setup);
  if (other_kind) host_.service()->leave();
  const bool had_charge_control = bank_.charge_control() != nullptr;
  bank_.change_rules(setup_.rules, loop_.now());
  if (!had_charge_control) resume_charge_control();
  panel_.offer(switch_offer());
  if (other_kind) host_.describe();
  host_.change(setup_.description, true);
  watcher_.change_rules(setup_.watch);
  hand_on_all({});  // their capacities may come from elsewhere now
  host_.settle();
}

void BankApp::take_batteries(std::span<const BatteryApp* const> batteries) {
  if (!setup_.is_of_batteries()) return;
  own_.choose_from(batteries, *setup_.watch.bank);
  hand_on_all({});
  settle();
}

void BankApp::look_at(const BatteryApp& battery) {
  const OwnMembers::News news = own_.look(battery);
  if (news.all) hand_on_all({});
  if (!news.changed) return;
  if (const auto index = members_.update_own(*news.changed, own_.members()[*news.changed]))
    hand_on({.all = false, .changed = {*index}});
}

void BankApp::compare(const LimitsInForce& in_force) {
  if (controls()) return;
  const Instant now = loop_.now();
  const LimitState* limits = is_present() ? bank_.limits() : nullptr;
  trial_.compare(limits != nullptr ? compared_limits(*limits) : ComparedLimits(), in_force, now);
  if (auto hour = trial_.take_ended()) host_.tell({note::TrialHourOver{std::move(*hour)}}, now);
}

void BankApp::settle() {
  if (std::exchange(news_, false)) host_.settle();
}

void BankApp::on_news(const MemberNews& news) {
  if (news.all) {
    hand_on_all(news.forgotten);
  } else {
    MemberNews of_all{.all = false, .changed = {}, .forgotten = news.forgotten};
    for (const std::size_t index : news.changed)
      if (const auto place = members_.update_on_bus(index, watcher_.members()[index]))
        of_all.changed.push_back(*place);
    hand_on(of_all);
  }
  settle();
  if (!bank_.asks_around(loop_.now())) return;
  taped_.handle(event::LookedAround{surroundings()}, loop_.now());
  host_.tell_notes(loop_.now());
}

void BankApp::hand_on_all(std::vector<std::string> forgotten) {
  MemberGroup on_bus{.members = watcher_.members(), .nodes = {}};
  if (!own_.members().empty()) on_bus.nodes = watcher_.nodes();
  members_.rebuild({.members = own_.members(), .nodes = own_.nodes()}, on_bus);
  hand_on({.all = true, .changed = {}, .forgotten = std::move(forgotten)});
}

void BankApp::hand_on(const MemberNews& news) {
  taped_.handle(event::Members{members_.all(), news, watcher_.looked_round()}, loop_.now());
  if (news.all && setup_.switches) panel_.offer(switch_offer());
  news_ = true;
}

Surroundings BankApp::surroundings() const {
  Surroundings around{.other_monitors = {}, .unmatched_entries = watcher_.unmatched()};
  for (const SeenBattery& seen : watcher_.seen())
    if (is_monitor_beside(seen)) around.other_monitors.push_back(seen.name);
  return around;
}

}  // namespace dmb
