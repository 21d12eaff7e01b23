// SPDX-License-Identifier: MIT
#include "app/bank_app.h"

#include <algorithm>
#include <utility>

namespace dmb {

BankApp::BankApp(Loop& loop, BankSetup setup, StateFile& state)
    : loop_(loop),
      state_(state),
      setup_(std::move(setup)),
      bank_(setup_.rules),
      host_(loop, bank_, setup_.description, true,
            [this] {
              if (bank_.take_memory_news()) state_.changed();
            }),
      watcher_(host_.service()->bus(), setup_.watch,
               [this](const MemberNews& news) { on_news(news); }) {
  if (const BankMemory* memory = state.recall(setup_.description.service_name))
    bank_.resume(*memory, loop.now());
}

void BankApp::change(BankSetup setup) {
  const bool other_kind = setup.rules.bms.has_value() != setup_.rules.bms.has_value();
  setup_ = std::move(setup);
  if (other_kind) host_.service()->leave();
  bank_.change_rules(setup_.rules, loop_.now());
  if (other_kind) host_.describe();
  host_.change(setup_.description, true);
  watcher_.change_rules(setup_.watch);
  hand_on_all();  // their capacities may come from elsewhere now
  host_.settle();
}

void BankApp::take_batteries(std::span<const BatteryApp* const> batteries) {
  if (!setup_.choice) return;
  own_.choose_from(batteries, *setup_.choice);
  hand_on_all();
  settle();
}

void BankApp::look_at(const BatteryApp& battery) {
  const OwnMembers::News news = own_.look(battery);
  if (news.all) hand_on_all();
  if (!news.changed) return;
  members_[*news.changed] = own_.members()[*news.changed];
  hand_on({.all = false, .changed = {*news.changed}});
}

void BankApp::settle() {
  if (std::exchange(news_, false)) host_.settle();
}

void BankApp::on_news(const MemberNews& news) {
  if (setup_.choice) {
    hand_on_all();
    return settle();
  }
  const auto own = own_.members().size();
  if (news.all || members_.size() != own + watched().size()) {
    members_.assign(own_.members().begin(), own_.members().end());
    members_.insert(members_.end(), watched().begin(), watched().end());
  }
  MemberNews of_all = news;
  for (std::size_t& index : of_all.changed) {
    members_[own + index] = watched()[index];
    index += own;
  }
  hand_on(of_all);
  settle();
  if (!bank_.asks_around(loop_.now())) return;
  bank_.handle(event::LookedAround{surroundings()}, loop_.now());
  host_.tell_notes(loop_.now());
}

/// The watcher chooses members of a bank of SmartShunts only.
std::span<const WatchedMember> BankApp::watched() const {
  return setup_.choice ? std::span<const WatchedMember>() : watcher_.members();
}

void BankApp::hand_on_all() {
  members_.assign(own_.members().begin(), own_.members().end());
  members_.insert(members_.end(), watched().begin(), watched().end());
  hand_on({.all = true, .changed = {}});
}

void BankApp::hand_on(const MemberNews& news) {
  bank_.handle(event::Members{members_, news, watcher_.looked_round()}, loop_.now());
  news_ = true;
}

Surroundings BankApp::surroundings() const {
  Surroundings around{.other_monitors = {}, .unmatched_entries = watcher_.unmatched()};
  for (const SeenBattery& seen : watcher_.seen())
    if (seen.membership == Membership::no_shunt && is_other_monitor(seen.identity))
      around.other_monitors.push_back(seen.name);
  return around;
}

}  // namespace dmb
