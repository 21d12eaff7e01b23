// SPDX-License-Identifier: MIT
// What a device shows on the bus whatever happens to it, and when: docs/behaviour.md, "Life and
// silence", "Virtual BMS". Worked out here from the events alone.
#include "../support/value_rules.h"
#include "dmb/battery/quantity.h"
#include "dmb/device/bank_device.h"
#include "dmb/device/battery_device.h"
#include "random_input.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using test::RandomInput;
using test::rule;

constexpr unsigned kCases = 80;
constexpr double kMaxChargeVoltageV = 56.8;

/// Often just about a time that matters.
std::chrono::milliseconds random_pause(RandomInput& random) {
  constexpr std::array kPauses{0ms, 1ms, 500ms, 9999ms, 10000ms, 10001ms, 30000ms};
  return random.one_in(2) ? random.pause(20s) : kPauses[random.below(kPauses.size())];
}

/// A device, a clock, and what of it can be seen from outside.
class Watched {
 public:
  explicit Watched(std::unique_ptr<Device> device) : device_(std::move(device)) {}
  virtual ~Watched() = default;

  void let_pass(std::chrono::milliseconds pause) {
    const Instant end = now_ + pause;
    for (auto next = device_->next_change(now_); next && *next < end;
         next = device_->next_change(now_)) {
      now_ = *next;
      look();
    }
    now_ = end;
  }

 protected:
  void look() {
    const ItemValues& values = device_->view(now_);
    const auto next = device_->next_change(now_);
    rule(!next || *next > now_, "a change is due that has been made");
    if (device_->presence() != Presence::stays) on_bus_ = device_->presence() == Presence::on;
    device_->take_notes();
    test::check_values(values, quantity_specs());
    check_limits(values);
    check(values);
  }
  virtual void check(const ItemValues& values) = 0;

  /// systemcalc skips a limit that turns invalid: the last number would stay with the chargers.
  void check_limits(const ItemValues& values) {
    const auto cvl = values.number(q("/Info/MaxChargeVoltage"));
    const auto ccl = values.number(q("/Info/MaxChargeCurrent"));
    rule(!on_bus_ || !cvl || ccl, "a charge voltage without a charge current");
    rule(!on_bus_ || !had_charge_current_ || ccl, "a charge current turned invalid");
    rule(!ccl || *ccl >= 0, "a charge current below 0");
    had_charge_current_ = on_bus_ && ccl;
  }

  std::unique_ptr<Device> device_;
  Instant now_ = Instant(1h);
  bool on_bus_ = false;
  bool had_charge_current_ = false;
};

BankRules random_bank_rules(RandomInput& random) {
  BankRules rules;
  if (random.one_in(4)) return rules;
  rules.standing = {.alarms_needed = true, .max_charge_voltage_v = kMaxChargeVoltageV};
  rules.bms = BmsRules{.max_charge_voltage_v = kMaxChargeVoltageV,
                       .max_charge_current_a = random.maybe(3, 1, 500),
                       .max_discharge_current_a = random.maybe(3, 1, 500),
                       .stop_discharge_when_all_lost = random.one_in(3)};
  return rules;
}

class WatchedBank : public Watched {
 public:
  WatchedBank(RandomInput& random, BankRules rules)
      : Watched(std::make_unique<BankDevice>(rules)), random_(random), rules_(std::move(rules)) {}

  void step() {
    let_pass(random_pause(random_));
    if (random_.one_in(40))
      restart();
    else
      act();
    look();
  }
  int stops() const { return stops_; }
  int ends() const { return ends_; }

 private:
  BankDevice& bank() { return static_cast<BankDevice&>(*device_); }

  void restart() {
    const BankMemory memory = bank().memory(now_);
    device_ = std::make_unique<BankDevice>(rules_);
    bank().resume(memory, now_);
    members_.clear();
    on_bus_ = had_charge_current_ = looked_round_ = false;
    // Where a delay stood is remembered; how long it has lasted is not.
    if (rises_at_ && now_ < *rises_at_) rises_at_ = now_ + 30s;
    heard_ = false;
  }

  void act() {
    MemberNews news{.all = false, .changed = {}};
    const std::size_t i = random_.below(members_.size() + 1);
    if (i == members_.size() || random_.one_in(15)) {
      news.all = true;
      come_or_go(i);
    } else {
      change(members_[i].snapshot.values);
      news.changed.push_back(i);
    }
    if (!looked_round_ && random_.one_in(3)) looked_round_ = news.all = true;
    device_->handle(event::Members{members_, news, looked_round_}, now_);
  }

  void come_or_go(std::size_t i) {
    if (i < members_.size()) {
      members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(i));
    } else if (members_.size() < 3) {
      const std::string id(1, static_cast<char>('a' + random_.below(4)));
      if (std::ranges::any_of(members_, [&](const auto& m) { return m.snapshot.id == id; })) return;
      WatchedShunt member{.snapshot = test::random_member(random_, id)};
      member.registers_pending = random_.one_in(8);
      change(member.snapshot.values);
      members_.push_back(member);
    }
  }

  void change(MemberValues& values) {
    values[q("/Dc/0/Voltage")] = random_.maybe(20, 50, 55);
    values[q("/Dc/0/Current")] = random_.maybe(20, -50, 50);
    values[q("/Connected")] = 1;
    values[q("/Dc/0/Temperature")] = 20;
    for (const MemberQuantity alarm : kStopAlarms)
      values[alarm] = random_.one_in(20) ? 1 + double(random_.below(2)) : 0;
  }

  bool says(MemberQuantity alarm) const {
    return std::ranges::any_of(bank_members(), [alarm](const ShuntSnapshot& member) {
      return member.values[alarm].value_or(0) != 0;
    });
  }
  std::span<const ShuntSnapshot> bank_members() const {
    return static_cast<const BankDevice&>(*device_).members();
  }

  void check(const ItemValues& values) override {
    const bool was_on = std::exchange(was_on_bus_, on_bus_);
    ends_ += was_on && !on_bus_;
    check_presence();
    if (!on_bus_) return;
    if (!rules_.bms) {
      rule(!values[q("/Info/MaxChargeVoltage")].exists, "a monitor with a limit");
      rule(!bank_members().empty(), "a monitor of nobody");
    } else {
      check_bms(values);
    }
  }

  void check_presence() {
    if (!bank_members().empty()) alone_since_.reset();
    if (bank_members().empty() && !alone_since_) alone_since_ = now_;
    rule(!on_bus_ || !alone_since_ || now_ - *alone_since_ < 10s, "on the bus for nobody");
  }

  void check_bms(const ItemValues& values) {
    const auto ccl = values.number(q("/Info/MaxChargeCurrent"));
    const auto dcl = values.number(q("/Info/MaxDischargeCurrent"));
    const auto cvl = values.number(q("/Info/MaxChargeVoltage"));
    rule(ccl && dcl && cvl, "a limit of a BMS is not a number");
    rule(*cvl <= kMaxChargeVoltageV && *cvl > 0, "a charge voltage that is not configured");
    rule(*ccl <= rules_.bms->max_charge_current_a.value_or(10'000), "more than configured");
    rule(*dcl <= rules_.bms->max_discharge_current_a.value_or(10'000), "more than configured");
    const bool stops_charge = says(q("/Alarms/HighVoltage")) ||
                              says(q("/Alarms/HighTemperature")) ||
                              says(q("/Alarms/LowTemperature"));
    heard_ = heard_ || !bank_members().empty();
    if (stops_charge || (heard_ && bank_members().empty())) rises_at_ = now_ + 30s;
    stops_ += *ccl == 0;
    rule(*ccl == 0 || !rises_at_ || now_ >= *rises_at_, "charging within the delay of a stop");
    const bool stops_discharge = says(q("/Alarms/LowVoltage")) ||
                                 says(q("/Alarms/HighTemperature")) || says(q("/Alarms/LowSoc"));
    rule(*dcl == 0 || !stops_discharge, "discharging in spite of an alarm");
    rule(*ccl > 0 || values.number(q("/Io/AllowToCharge")) == 0, "CCL 0 that is allowed");
  }

  RandomInput& random_;
  BankRules rules_;
  std::vector<WatchedShunt> members_;
  bool looked_round_ = false;
  bool was_on_bus_ = false;
  bool heard_ = false;  ///< somebody, since the start
  std::optional<Instant> alone_since_;
  std::optional<Instant> rises_at_;  ///< not before that may charging go on
  int stops_ = 0;
  int ends_ = 0;
};

TEST(AnyBankDevice, KeepsItsLimitsAndLeavesInTime) {
  int stops = 0;
  int ends = 0;
  test::for_each_seed(kCases, [&](RandomInput& random) {
    WatchedBank bank(random, random_bank_rules(random));
    for (int i = 0; i < 100; ++i) bank.step();
    stops += bank.stops();
    ends += bank.ends();
  });
  EXPECT_GT(stops, 500);
  EXPECT_GT(ends, 40);
}

class WatchedBattery : public Watched {
 public:
  explicit WatchedBattery(RandomInput& random)
      : WatchedBattery(random, std::chrono::seconds(1 + random.below(90))) {}

  void step() {
    let_pass(random_.one_in(8) ? timeout_ : random_pause(random_));
    act();
    look();
  }
  int ends() const { return ends_; }

 private:
  WatchedBattery(RandomInput& random, std::chrono::seconds timeout)
      : Watched(std::make_unique<BatteryDevice>(BatteryDeviceRules{
            .battery = {.timeout = timeout, .time_to_go = {}}, .topic = "N/id/battery/+"})),
        random_(random),
        timeout_(timeout) {}

  void act() {
    const std::string topic = random_.one_in(4) ? "N/id/battery/2" : "N/id/battery/1";
    const bool retained = random_.one_in(4);
    switch (random_.below(8)) {
      case 0:
        return device_->handle(event::Heartbeat{retained}, heartbeat());
      case 1:
        return device_->handle(event::Connected{}, now_);
      case 2:
        return device_->handle(event::Rejected{topic, retained, MessageFault::not_json, "x"}, now_);
      case 3:
        if (random_.one_in(3)) device_->handle(event::Gone{topic, retained}, now_);
        return;
      default:
        return send(topic, retained);
    }
  }

  /// It may keep a battery alive, if its own topic does.
  Instant heartbeat() {
    heartbeat_at_ = now_;
    return now_;
  }

  void send(const std::string& topic, bool retained) {
    Reading reading;
    reading.set(q("/Soc"), random_.maybe(12, 0, 100));
    reading.set(q("/Dc/0/Voltage"), random_.maybe(12, 50, 55));
    reading.set(q("/Dc/0/Current"), random_.between(-100, 100));
    for (const auto& [id, highest] : {std::tuple{q("/Info/MaxChargeVoltage"), 56.0},
                                      {q("/Info/MaxChargeCurrent"), 200.0},
                                      {q("/Info/MaxDischargeCurrent"), 300.0}})
      if (!random_.one_in(3)) reading.set(id, random_.maybe(6, highest == 56 ? 52 : 0, highest));
    if (!retained) message_at_ = now_;
    device_->handle(event::Message{topic, retained, reading}, now_);
  }

  void check(const ItemValues& values) override {
    ends_ += std::exchange(was_on_bus_, on_bus_) && !on_bus_;
    if (!on_bus_) return;
    rule(message_at_.has_value(), "on the bus without a live message");
    const Instant sign = std::max(*message_at_, heartbeat_at_.value_or(*message_at_));
    const bool silent = now_ - sign >= timeout_;
    const auto ccl = values.number(q("/Info/MaxChargeCurrent"));
    rule(!silent || ccl.value_or(0) == 0, "charging by a silent battery");
    rule(!silent || !values[q("/Soc")].value, "a value of a silent battery");
    // Called later than it wanted to be, it has its ten seconds from then.
    rule(now_ - sign < timeout_ + 10s, "a silent battery is still there");
  }

  RandomInput& random_;
  std::chrono::seconds timeout_;
  std::optional<Instant> message_at_;
  std::optional<Instant> heartbeat_at_;
  bool was_on_bus_ = false;
  int ends_ = 0;
};

TEST(AnyBatteryDevice, StopsAndLeavesWhenItIsSilent) {
  int ends = 0;
  test::for_each_seed(kCases, [&](RandomInput& random) {
    WatchedBattery battery(random);
    for (int i = 0; i < 100; ++i) battery.step();
    ends += battery.ends();
  });
  EXPECT_GT(ends, 500);
}

}  // namespace
}  // namespace dmb
