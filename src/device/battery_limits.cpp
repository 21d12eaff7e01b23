// SPDX-License-Identifier: MIT
#include "dmb/device/battery_limits.h"

#include "dmb/battery/derived.h"
#include "dmb/battery/quantity.h"
#include "dmb/device/charge_view.h"
#include "dmb/device/limits_view.h"

#include <span>

namespace dmb {

void BatteryLimits::update(const BatteryLimitNews& news, Instant now, ItemValues& values) {
  votes_.clear();
  told_.vote(news.given, votes_);
  if (control_ && news.is_live) control(news, values, now);
  // Where it tells no CVL that is no limit of its own; beside one that is made for it, it is.
  if (control_ && news.given.charge_blocked)
    votes_.push_back({Limit::charge_current, 0, Cause::charge_blocked});
  vote_manual(values, now);
  guard_.update(votes_, guard_news(news, values), now);
  if (!shows_) return;
  show_limits(shown(), values);
  if (control_ && news.is_live) show_charge_control(*control_, shown(), values);
}

void BatteryLimits::vote_manual(const ItemValues& values, Instant now) {
  const bool is_full_wanted = control_ && control_->full_charge_wanted();
  manual_.vote(values.number(q("/Soc")), is_full_wanted, now, votes_);
}

void BatteryLimits::control(const BatteryLimitNews& news, const ItemValues& values, Instant now) {
  alarms_.update(values, now);
  alarms_.vote(votes_);
  const PackCells pack = pack_cells_of(values);
  control_->update({.packs = std::span(&pack, 1),
                    .voltage_v = values.number(q("/Dc/0/Voltage")),
                    .current_a = values.number(q("/Dc/0/Current")),
                    .capacity_ah = values.number(q("/InstalledCapacity")),
                    .soc_percent = values.number(q("/Soc")),
                    .charger_v = std::nullopt,
                    .today = today_,
                    .told_at = news.current_at},
                   now);
  votes_.insert(votes_.end(), control_->votes().begin(), control_->votes().end());
}

GuardNews BatteryLimits::guard_news(const BatteryLimitNews& news, const ItemValues& values) const {
  GuardNews guard{.capacity_ah = values.number(q("/InstalledCapacity")),
                  .current_is_news = news.current_is_news,
                  .current_at = news.current_at,
                  .stop_discharge = news.stop_discharge};
  // What flows in spite of a limit that nobody is told is no disobedience.
  if (shows_) {
    guard.voltage_v = values.number(q("/Dc/0/Voltage"));
    guard.current_a = values.number(q("/Dc/0/Current"));
  }
  if (control_)
    guard.cells = control_->cells_in_series();
  else if (guard_.needs_cells())
    guard.cells = cells_in_series(values, shown().max_charge_voltage.value);
  return guard;
}

/// Without a current nobody sees whether the zero is obeyed: no charger shall want more than this.
void BatteryLimits::fall_silent(std::optional<double> last_voltage_v, bool stop_discharge,
                                Instant now, ItemValues& values) {
  std::optional<double> ceiling_v;
  if (last_voltage_v) ceiling_v = blind_stop_voltage_v(*last_voltage_v);
  votes_.clear();
  vote_silence(guard_.state_without_manual(), ceiling_v, stop_discharge, votes_);
  vote_manual(values, now);
  const LimitState& limits = guard_.update(votes_, {}, now);
  if (shows_) show_limits(limits, values);
}

std::optional<Instant> BatteryLimits::next_change(bool current_is_news, Instant now) const {
  const auto next = guard_.next_change(current_is_news, now);
  if (!control_) return next;
  return earlier(earlier(next, alarms_.next_change()), control_->next_change(now));
}

}  // namespace dmb
