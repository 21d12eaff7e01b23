// SPDX-License-Identifier: MIT
// What holds for a battery, and a bank, with a charge control whatever they are told, and when:
// docs/behaviour.md.
#include "../support/charge_scene.h"
#include "../support/device_watch.h"
#include "random_input.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using test::RandomInput;
using test::rule;
using BatteryScene = test::ChargeScene<RandomInput>;

TEST(AnyChargedBattery, IsLimitedByWhatIsSeenOfItsCells) {
  BatteryScene::Counts counts;
  test::for_each_seed(60, [&](RandomInput& random) {
    BatteryScene scene(random);
    for (int i = 0; i < 60; ++i) scene.step();
    counts.live += scene.counts().live > 0;
    counts.stopped += scene.counts().stopped > 0;
    counts.limited += scene.counts().limited > 0;
    counts.missing += scene.counts().missing > 0;
    counts.floating += scene.counts().floating > 0;
  });
  // In so many of all it came to that.
  EXPECT_GT(counts.live, test::in_scale(50));
  EXPECT_GT(counts.stopped, test::in_scale(8));
  EXPECT_GT(counts.limited, test::in_scale(20));
  EXPECT_GT(counts.missing, test::in_scale(20));
  EXPECT_GT(counts.floating, test::in_scale(4));
}

TEST(AnyChargedBattery, ChangesByItselfOnlyAtTheTimeItNames) {
  test::for_each_seed(25, [](RandomInput& random) {
    BatteryScene scene(random);
    for (int i = 0; i < 25; ++i) {
      scene.step();
      if (scene.device().model().phase() == Life::Phase::live)
        test::check_announced(scene.device(), scene.now(), test::falls_by_and_by);
    }
  });
}

/// A bank with a charge control, its packs, which come, go and lie, a clock and the watch.
class BankScene {
 public:
  explicit BankScene(RandomInput& random)
      : random_(random),
        rules_(random_rules(random)),
        device_(rules_),
        watch_(*rules_.charge),
        packs_(1 + random.below(4)) {}

  void step() {
    constexpr std::array kPauses{0ms, 1ms, 1000ms, 4000ms, 10001ms, 60000ms};
    const auto pause =
        random_.one_in(3) ? kPauses[random_.below(kPauses.size())] : random_.pause(3s);
    be_called_until(now_ + pause);
    act();
    look();
  }

  const BankDevice& device() const { return device_; }
  Instant now() const { return now_; }
  int on() const { return on_; }
  int stopped() const { return stopped_; }
  int ends() const { return ends_; }

 private:
  struct Pack {
    double highest_v = 3.35, lowest_v = 3.3;
    double temperature_c = 20;
    bool present = true;
    bool has_limits = false;
  };

  static BankRules random_rules(RandomInput& random) {
    BankRules rules{.members = BankOf::batteries};
    rules.standing.by_limits = true;
    rules.bms = BmsRules{.max_charge_voltage_v = {},
                         .max_charge_current_a = 100,
                         .max_discharge_current_a = 150,
                         .stop_discharge_when_all_lost = random.one_in(3),
                         .of_batteries = true,
                         .stop_when_lost = random.one_in(4)};
    if (random.one_in(4)) rules.bms->keep_lost = 20s;
    rules.charge = test::draw_charge_rules(random, 16);
    rules.control = !random.one_in(8);
    return rules;
  }

  void be_called_until(Instant end) {
    test::call_when_due(device_, now_, end, [this] { look(); });
  }

  void act() {
    if (random_.one_in(60)) return restart();
    if (random_.one_in(30)) {
      rules_.charge = test::draw_charge_rules(random_, 16);
      device_.change_rules(rules_, now_);
      watch_.change_rules(*rules_.charge);
    }
    if (random_.one_in(30) && device_.forget_missing_sensors()) cells_.forget();
    if (random_.one_in(20)) bias_v_ = random_.between(-0.03, 0.03);
    Pack& pack = packs_[random_.below(packs_.size())];
    if (random_.one_in(20)) pack.present = !pack.present;
    if (random_.one_in(60))
      for (Pack& each : packs_) each.present = false;
    if (random_.one_in(40)) pack.has_limits = !pack.has_limits;
    for (Pack& each : packs_) drift(each);
    tell();
  }

  void drift(Pack& pack) {
    pack.lowest_v = std::clamp(pack.lowest_v + bias_v_ + random_.between(-0.01, 0.01), 2.5, 4.3);
    pack.highest_v = std::clamp(pack.highest_v + bias_v_ + random_.between(-0.01, 0.01), 2.5, 4.3);
    pack.highest_v = std::max(pack.highest_v, pack.lowest_v);
    pack.temperature_c = std::clamp(pack.temperature_c + random_.between(-4, 4), -20.0, 60.0);
  }

  MemberValues values_of(const Pack& pack) {
    MemberValues values;
    const auto set = [&](MemberQuantity id, double value, double odd) {
      if (!random_.one_in(60)) values[id] = random_.one_in(200) ? odd : value;
    };
    values[q("/Dc/0/Voltage")] = 8 * (pack.highest_v + pack.lowest_v);
    set(q("/Dc/0/Current"), random_.between(-60, 60), -9000);
    set(q("/Soc"), random_.between(0, 100), 100);
    set(q("/InstalledCapacity"), 280, 0.1);
    set(q("/System/NrOfCellsPerBattery"), 16, random_.one_in(2) ? 15 : 0);
    set(q("/System/MaxCellVoltage"), pack.highest_v, random_.one_in(2) ? 0 : 19.9);
    set(q("/System/MinCellVoltage"), pack.lowest_v, random_.one_in(2) ? 0 : 19.9);
    set(q("/Dc/0/Temperature"), pack.temperature_c, 160);
    set(q("/System/MinCellTemperature"), pack.temperature_c - 1, -100);
    set(q("/System/MOSTemperature"), pack.temperature_c + 25, -100);
    if (random_.one_in(4)) values[q("/Alarms/HighCellVoltage")] = double(random_.below(3));
    if (!pack.has_limits) return values;
    set(q("/Info/MaxChargeVoltage"), 56, 0);
    set(q("/Info/MaxChargeCurrent"), random_.between(0, 100), 0);
    set(q("/Info/MaxDischargeCurrent"), random_.between(0, 100), 0);
    return values;
  }

  void tell() {
    std::vector<WatchedMember> members;
    for (std::size_t i = 0; i < packs_.size(); ++i) {
      if (!packs_[i].present) continue;
      WatchedMember member;
      member.snapshot.id = member.snapshot.name = "Pack" + std::to_string(i);
      member.snapshot.values = values_of(packs_[i]);
      members.push_back(std::move(member));
    }
    device_.handle(event::Members{members, {.all = true, .changed = {}}}, now_);
  }

  void restart() {
    State state;
    state.banks["bank"] = device_.memory(now_);
    state.charge_controls["bank"] = device_.charge_memory(now_).value();
    const auto read = decode_state(encode_state(state));
    rule(read == state, "what is remembered is not what is read");
    device_ = BankDevice(rules_);
    device_.resume(read->banks.at("bank"), now_);
    device_.resume(read->charge_controls.at("bank"), now_);
    watch_.restarted();
    of_device_.restarted();
  }

  void look() {
    const ItemValues& values = of_device_.look(device_, now_);
    ends_ += std::exchange(was_on_, of_device_.on_bus()) && !was_on_;
    if (device_.phase() == BankLife::Phase::holding)
      rule(values.number(q("/Info/MaxChargeCurrent")).value_or(0) == 0,
           "charging is not stopped while nobody is heard");
    if (device_.phase() != BankLife::Phase::on) return watch_.look_away();
    const auto cells = cells_.look(device_.members());
    if (!device_.shows_limits()) {
      rule(!values.number(q("/Info/MaxChargeCurrent")), "a limit of a bank that shows none");
      return;
    }
    watch_.look(cells, values, *device_.charge_control(), now_);
    for (const MemberSnapshot& member : device_.members())
      rule(values.number(q("/Alarms/HighCellVoltage")).value_or(0) >=
               member.values[q("/Alarms/HighCellVoltage")].value_or(0),
           "an alarm is less than a member's own");
    ++on_;
    stopped_ += device_.charge_control()->alarms().high_cell_voltage == 2;
  }

  RandomInput& random_;
  BankRules rules_;
  BankDevice device_;
  test::ChargeWatch watch_;
  test::DeviceWatch of_device_;
  test::MemberCells cells_;
  std::vector<Pack> packs_;
  Instant now_ = Instant(1h);
  double bias_v_ = 0.01;
  bool was_on_ = false;
  int on_ = 0;
  int stopped_ = 0;
  int ends_ = 0;
};

TEST(AnyChargedBank, IsLimitedByWhatIsSeenOfTheCellsOfAllItsPacks) {
  int on = 0;
  int stopped = 0;
  int ends = 0;
  test::for_each_seed(60, [&](RandomInput& random) {
    BankScene scene(random);
    for (int i = 0; i < 80; ++i) scene.step();
    on += scene.on() > 0;
    stopped += scene.stopped() > 0;
    ends += scene.ends() > 0;
  });
  EXPECT_GT(on, test::in_scale(40));
  EXPECT_GT(stopped, test::in_scale(10));
  EXPECT_GT(ends, test::in_scale(10));
}

}  // namespace
}  // namespace dmb
