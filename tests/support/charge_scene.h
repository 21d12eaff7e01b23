// SPDX-License-Identifier: MIT
#pragma once

#include "charge_watch.h"
#include "device_watch.h"
#include "dmb/battery/quantity.h"
#include "dmb/codec/state_text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace dmb::test {

/// On the way down to float CVL goes a little with every call, and minutes need not be told at
/// once.
inline bool falls_by_and_by(Quantity id, const ItemValues& before, const ItemValues& after) {
  if (id == q("/Info/ChargeMode")) return true;
  return id == q("/Info/MaxChargeVoltage") && after.number(id) && before.number(id) &&
         *after.number(id) < *before.number(id);
}

/// Rules as an owner may have them. `Draw` has below(count) and between(low, high).
template <typename Draw>
ChargeRules draw_charge_rules(Draw& draw, int cells) {
  using namespace std::chrono_literals;
  ChargeRules rules(draw.below(6) == 0 ? Chemistry::li_ion : Chemistry::lfp);
  rules.max_charge_current_a = 100;
  rules.max_discharge_current_a = 150;
  rules.full_for = std::chrono::minutes(draw.below(4) * 5);
  if (draw.below(3) == 0) rules.cells = cells;
  if (draw.below(4) == 0) rules.charge_to_soc_percent = 80;
  if (draw.below(4) == 0) rules.balance_every = std::chrono::days(1 + draw.below(20));
  if (draw.below(4) == 0) rules.season_full_v[draw.below(12)] = rules.cell_full_v - 0.02;
  if (draw.below(4) == 0) rules.charge_by_soc = {{90, 100}, {100, 20}};
  return rules;
}

/// An MQTT battery with a charge control, all that is sent to it, a clock and the watch: cells that
/// drift, rest and run away; sensors that are silent, talk nonsense or are gone; restarts.
template <typename Draw>
class ChargeScene {
 public:
  explicit ChargeScene(Draw& draw)
      : draw_(draw),
        cells_v_(1 + draw.below(17), 3.3),
        rules_(draw_rules()),
        device_(rules_),
        watch_(*rules_.battery.charge) {
    tells_limits_ = one_in(4);
    tells_mosfet_ = one_in(3);
    tells_extremes_ = one_in(4);
    device_.handle(event::Today{day_}, now_);
  }

  void step() {
    using namespace std::chrono_literals;
    constexpr std::array kPauses{0ms, 1ms, 1000ms, 4000ms, 30000ms, 60000ms};
    const auto pause = one_in(20)  ? std::chrono::milliseconds(draw_.below(180) * 1000)
                       : one_in(3) ? kPauses[draw_.below(kPauses.size())]
                                   : std::chrono::milliseconds(draw_.below(3000));
    be_called_until(now_ + pause);
    act();
    look();
  }

  const BatteryDevice& device() const { return device_; }
  Instant now() const { return now_; }
  /// How often it was so, at a look.
  struct Counts {
    int live = 0, stopped = 0, limited = 0, missing = 0, floating = 0;
  };
  const Counts& counts() const { return counts_; }

 private:
  static constexpr auto kTopic = "home/battery";

  bool one_in(std::size_t count) { return draw_.below(count) == 0; }

  BatteryDeviceRules draw_rules() {
    BatteryDeviceRules rules{.battery = {}, .topic = kTopic};
    constexpr std::array kTimeouts{60, 0, 10, 600};
    rules.battery.timeout = std::chrono::seconds(kTimeouts[draw_.below(kTimeouts.size())]);
    rules.battery.stop_discharge_on_timeout = one_in(3);
    rules.battery.charge = draw_charge_rules(draw_, static_cast<int>(cells_v_.size()));
    return rules;
  }

  void be_called_until(Instant end) {
    call_when_due(device_, now_, end, [this] { look(); });
  }

  void act() {
    switch (draw_.below(24)) {
      case 0:
        return device_.handle(event::Gone{kTopic, one_in(2)}, now_);
      case 1:
        return device_.handle(event::Rejected{kTopic, false, MessageFault::not_json, "x"}, now_);
      case 2:
        return device_.handle(event::Today{day_ = draw_day()}, now_);
      case 3:
        if (one_in(3)) restart();
        return;
      case 4:
        if (one_in(3)) change_rules();
        return;
      case 5:
        if (device_.forget_missing_sensors()) cells_.forget();
        return;
      case 6:
        return send(true);
      case 7:
        bias_v_ = draw_.between(-0.03, 0.03);
        [[fallthrough]];
      case 8:
        return rest();
      default:
        drift();
        send(false);
    }
  }

  std::optional<std::chrono::sys_days> draw_day() {
    if (one_in(8)) return std::nullopt;
    return std::chrono::sys_days(std::chrono::days(20000 + draw_.below(256)));
  }

  void drift() {
    for (double& cell_v : cells_v_)
      cell_v = std::clamp(cell_v + bias_v_ + draw_.between(-0.01, 0.01), 2.5, 4.3);
    current_a_ = draw_.between(-60, 120);
    temperature_c_ = std::clamp(temperature_c_ + draw_.between(-4, 4), -30.0, 70.0);
  }

  /// Long enough at one place for a phase to pass.
  void rest() {
    using namespace std::chrono_literals;
    const ChargeRules& charge = *rules_.battery.charge;
    const std::array kLevels{charge.cell_full_v, charge.cell_float_v, charge.cell_bulk_again_v};
    const double level_v = kLevels[draw_.below(kLevels.size())] - 0.001;
    std::ranges::fill(cells_v_, level_v);
    current_a_ = 0.5;
    temperature_c_ = 20;
    for (std::size_t minutes = draw_.below(20); minutes > 0; --minutes) {
      send(false);
      look();
      now_ += 55s;
    }
    send(false);
  }

  Reading message() {
    Reading reading;
    const auto set = [&](Quantity id, double value, double odd) {
      if (one_in(100)) return;
      if (one_in(100))
        reading.set(id, std::nullopt);
      else
        reading.set(id, one_in(150) ? odd : value);
    };
    double sum_v = 0;
    for (std::size_t i = 0; i < cells_v_.size(); ++i) {
      constexpr std::array kOdd{0.0, 0.3, 5.5, 19.9};
      set(cell_voltage(static_cast<int>(i) + 1), cells_v_[i], kOdd[draw_.below(kOdd.size())]);
      sum_v += cells_v_[i];
    }
    set(q("/Soc"), draw_.between(0, 100), 100);
    set(q("/Dc/0/Voltage"), sum_v, 2 * sum_v);
    set(q("/Dc/0/Current"), current_a_, -900);
    set(q("/InstalledCapacity"), 280, 0.1);
    set(q("/System/Temperature1"), temperature_c_, 160);
    set(q("/Dc/0/Temperature"), temperature_c_ + 1, -100);
    if (tells_mosfet_) set(q("/System/MOSTemperature"), temperature_c_ + 25, -100);
    if (tells_extremes_) {
      set(q("/System/MaxCellVoltage"), *std::ranges::max_element(cells_v_), 0);
      set(q("/System/MinCellVoltage"), *std::ranges::min_element(cells_v_), 19);
    }
    if (tells_limits_) {
      set(q("/Info/MaxChargeVoltage"), sum_v + draw_.between(-1, 3), 1);
      set(q("/Info/MaxChargeCurrent"), draw_.between(0, 120), 0);
      set(q("/Info/MaxDischargeCurrent"), draw_.between(0, 200), 0);
      if (one_in(8)) reading.set(q("/Io/AllowToCharge"), static_cast<std::int32_t>(draw_.below(2)));
    }
    return reading;
  }

  void send(bool retained) {
    constexpr std::array kAlarms{q("/Alarms/HighCellVoltage"), q("/Alarms/LowCellVoltage"),
                                 q("/Alarms/CellImbalance")};
    Reading reading = message();
    const Quantity alarm = kAlarms[draw_.below(kAlarms.size())];
    const auto level = static_cast<std::int32_t>(draw_.below(3));
    if (one_in(4)) reading.set(alarm, level);
    const bool tells_alarm = reading.find(alarm) != nullptr;
    device_.handle(event::Message{kTopic, retained, reading}, now_);
    if (!tells_alarm || retained) return;
    look();
    if (device_.model().phase() == Life::Phase::live)
      rule(device_.values().number(alarm) >= level, "an alarm is less than the battery's own");
  }

  void restart() {
    State state;
    state.charge_controls["battery"] = device_.charge_memory(now_).value();
    const auto read = decode_state(encode_state(state));
    rule(read == state, "what is remembered is not what is read");
    const ChargePhase phase = device_.model().charge_control()->phase();
    device_ = BatteryDevice(rules_);
    device_.resume(read->charge_controls.at("battery"), now_);
    device_.handle(event::Today{day_}, now_);
    rule(device_.model().charge_control()->phase() == phase, "a restart changes the phase");
    watch_.restarted();
    of_device_.restarted();
  }

  void change_rules() {
    rules_.battery.charge = draw_charge_rules(draw_, static_cast<int>(cells_v_.size()));
    device_.change_rules(rules_);
    watch_.change_rules(*rules_.battery.charge);
  }

  void look() {
    const ItemValues& values = of_device_.look(device_, now_);
    if (device_.model().phase() == Life::Phase::holding) {
      const auto limit_a = values.number(q("/Info/MaxChargeCurrent"));
      rule(!limit_a || *limit_a == 0, "charging is not stopped while silent");
      rule(values.number(q("/Alarms/BmsCable")) == 2, "no alarm while silent");
    }
    if (device_.model().phase() != Life::Phase::live) return;
    const ChargeControl& control = *device_.model().charge_control();
    watch_.look(cells_.look(values), values, control, now_);
    count(values, control);
  }

  void count(const ItemValues& values, const ChargeControl& control) {
    ++counts_.live;
    const double limit_a = *values.number(q("/Info/MaxChargeCurrent"));
    counts_.stopped += control.alarms().high_cell_voltage == 2;
    counts_.limited += limit_a > 0 && limit_a < 100;
    counts_.missing += !control.cells().missing.empty();
    counts_.floating += control.phase() == ChargePhase::at_float;
  }

  Draw& draw_;
  std::vector<double> cells_v_;
  BatteryDeviceRules rules_;
  BatteryDevice device_;
  ChargeWatch watch_;
  DeviceWatch of_device_;
  BatteryCells cells_;
  Instant now_ = Instant(std::chrono::hours(1));
  std::optional<std::chrono::sys_days> day_ = std::chrono::sys_days(std::chrono::days(20000));
  double bias_v_ = 0.01;
  double current_a_ = 10;
  double temperature_c_ = 20;
  bool tells_limits_ = false;
  bool tells_mosfet_ = false;
  bool tells_extremes_ = false;
  Counts counts_;
};

}  // namespace dmb::test
