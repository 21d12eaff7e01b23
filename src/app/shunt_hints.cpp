// SPDX-License-Identifier: MIT
#include "app/shunt_hints.h"

#include "dmb/bank/shunt_selection.h"
#include "dmb/codec/text.h"
#include "dmb/status/status.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace dmb {
namespace {

constexpr std::chrono::seconds kBetweenLooks{30};

/// What is said elsewhere, in the watcher's own words or as a warning.
bool is_said(BankHint::Kind kind) {
  return kind == BankHint::Kind::entry_matches_nothing ||
         kind == BankHint::Kind::charged_voltage_differs;
}

HintMember view_of(const ShuntSnapshot& member, std::span<const WatchedShunt> watched) {
  HintMember view{.snapshot = &member, .time_to_go_s = member.values[q("/TimeToGo")]};
  const auto shunt = std::ranges::find_if(
      watched, [&member](const WatchedShunt& w) { return w.snapshot.id == member.id; });
  if (shunt != watched.end()) view.charged_voltage_v = shunt->register_charged_voltage_v;
  return view;
}

std::vector<std::string> other_monitors(const BatteryWatcher& watcher) {
  std::vector<std::string> names;
  for (const SeenBattery& seen : watcher.seen())
    if (seen.membership == Membership::no_shunt && is_other_monitor(seen.identity))
      names.push_back(seen.name);
  return names;
}

/// What is known by halves only looks odd.
bool is_all_told(const BatteryWatcher& watcher) {
  return watcher.looked_round() && std::ranges::none_of(watcher.members(), [](const auto& shunt) {
           return shunt.registers_pending;
         });
}

}  // namespace

void ShuntHints::look_now_and_then(const Bank& bank, Instant now) {
  if ((next_look_ && now < *next_look_) || !is_all_told(watcher_)) return;
  next_look_ = now + kBetweenLooks;
  look(hints_, bank, now);
  for (const BankHint& hint : hints_.take_new()) {
    if (is_said(hint.kind)) continue;
    const status::HintWords words = status::words_of(hint);
    spdlog::info("{}: {}; {}", bank.config.device_name, printable(words.what, 300), words.todo);
  }
}

std::vector<BankHint> ShuntHints::find(const Bank& bank, Instant now) const {
  BankHints hints = hints_;  // asking changes nothing
  return look(hints, bank, now);
}

std::vector<BankHint> ShuntHints::look(BankHints& hints, const Bank& bank, Instant now) const {
  std::vector<HintMember> members;
  for (const ShuntSnapshot& member : bank.members)
    members.push_back(view_of(member, watcher_.members()));
  const auto monitors = other_monitors(watcher_);
  const auto unmatched = watcher_.unmatched();
  return hints.look({.members = members,
                     .total_capacity_ah = bank.config.total_capacity_ah,
                     .complete = bank.complete,
                     .stops_for_alarms = bank.config.mode == ShuntMode::virtual_bms,
                     .other_monitors = monitors,
                     .unmatched_entries = unmatched},
                    now);
}

}  // namespace dmb
