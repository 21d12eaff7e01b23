// SPDX-License-Identifier: MIT
#include "dmb/control/alarm_stops.h"

#include "dmb/battery/quantity.h"

#include <array>
#include <string_view>

namespace dmb {
namespace {

constexpr double kAlarm = 2;

struct StopAlarm {
  Quantity item;
  std::string_view words;
  bool stops_charge = true;
  bool stops_discharge = false;
};

/// Cold stops charging alone: a dark house helps nobody.
constexpr std::array kAlarms{
    StopAlarm{q("/Alarms/HighVoltage"), "high voltage alarm"},
    StopAlarm{q("/Alarms/HighCellVoltage"), "high cell voltage alarm"},
    StopAlarm{q("/Alarms/HighChargeCurrent"), "high charge current alarm"},
    StopAlarm{q("/Alarms/HighChargeTemperature"), "high charge temperature alarm"},
    StopAlarm{q("/Alarms/LowChargeTemperature"), "low charge temperature alarm"},
    StopAlarm{q("/Alarms/LowTemperature"), "low temperature alarm"},
    StopAlarm{q("/Alarms/HighTemperature"), "high temperature alarm", true, true},
    StopAlarm{q("/Alarms/HighInternalTemperature"), "high internal temperature alarm", true, true},
    StopAlarm{q("/Alarms/InternalFailure"), "internal failure alarm"},
    StopAlarm{q("/Alarms/LowVoltage"), "low voltage alarm", false, true},
    StopAlarm{q("/Alarms/LowCellVoltage"), "low cell voltage alarm", false, true},
    StopAlarm{q("/Alarms/HighDischargeCurrent"), "high discharge current alarm", false, true},
    StopAlarm{q("/Alarms/LowSoc"), "low state-of-charge alarm", false, true},
};

void vote_for(Limit limit, const ReleaseDelay& stop, const std::string& why,
              std::vector<Vote>& votes) {
  if (!stop.stopped()) return;
  ChargeReason reason{ChargeFactor::alarm, why};
  reason.passing = stop.ends_at().has_value();
  votes.push_back({limit, 0, Cause::alarm, std::move(reason)});
}

}  // namespace

void AlarmStops::update(const ItemValues& values, Instant now) {
  static_assert(kAlarms.size() <= kMostAlarms);
  for (std::size_t i = 0; i < kAlarms.size(); ++i)
    if (const auto level = values.number(kAlarms[i].item)) active_[i] = *level >= kAlarm;
  advance(charge_, true, now);
  advance(discharge_, false, now);
}

void AlarmStops::advance(Direction& direction, bool charging, Instant now) {
  std::string why;
  for (std::size_t i = 0; i < kAlarms.size(); ++i) {
    const StopAlarm& alarm = kAlarms[i];
    if (!active_[i] || !(charging ? alarm.stops_charge : alarm.stops_discharge)) continue;
    if (!why.empty()) why += ", ";
    why += alarm.words;
  }
  if (why.empty()) {
    direction.stop.clear(now);
    return;
  }
  direction.stop.stop(now);
  direction.why = std::move(why);
}

void AlarmStops::vote(std::vector<Vote>& votes) const {
  vote_for(Limit::charge_current, charge_.stop, charge_.why, votes);
  vote_for(Limit::discharge_current, discharge_.stop, discharge_.why, votes);
}

std::optional<Instant> AlarmStops::next_change() const {
  return earlier(charge_.stop.ends_at(), discharge_.stop.ends_at());
}

}  // namespace dmb
