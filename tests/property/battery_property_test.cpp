// SPDX-License-Identifier: MIT
// What holds for an MQTT battery whatever messages come, and do not come, and when:
// docs/behaviour.md, "Life and silence", "Limits", "Time to go".
#include "../support/battery_watch.h"
#include "dmb/battery/quantity.h"
#include "random_input.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using Delivery = BatteryModel::Delivery;
using Phase = Life::Phase;
using test::RandomInput;
using test::rule;

constexpr unsigned kCases = 1500;

BatteryRules random_rules(RandomInput& random) {
  BatteryRules rules;
  rules.timeout = random.one_in(8) ? 0s : std::chrono::seconds(1 + random.below(90));
  rules.stop_discharge_on_timeout = random.one_in(3);
  return rules;
}

Reading random_message(RandomInput& random) {
  Reading reading;
  // A publisher that lost its battery goes on with null.
  reading.set(q("/Soc"), random.maybe(12, 0, 100));
  reading.set(q("/Dc/0/Voltage"), random.maybe(12, 45, 60));
  reading.set(q("/Dc/0/Current"), random.between(-100, 100));
  const double lowest_v = random.one_in(8) ? 0 : 45;  // now and then what cannot be right
  for (const auto& [id, lowest, highest] : {std::tuple{q("/Info/MaxChargeVoltage"), lowest_v, 60.0},
                                            {q("/Info/MaxChargeCurrent"), 0.0, 200.0},
                                            {q("/Info/MaxDischargeCurrent"), 0.0, 300.0}}) {
    if (random.one_in(3)) continue;
    if (random.one_in(8))
      reading.set_bad(id, "is a list");
    else
      reading.set(id, random.maybe(6, lowest, highest));
  }
  if (random.one_in(4)) reading.set(q("/Io/AllowToCharge"), std::int32_t(random.below(2)));
  if (random.one_in(2)) reading.set(q("/InstalledCapacity"), random.between(1, 500));
  if (random.one_in(4)) reading.set(q("/Dc/0/Power"), random.between(-5000, 5000));
  if (random.one_in(4)) reading.set(q("/Alarms/BmsCable"), std::int32_t(random.below(3)));
  if (random.one_in(4)) reading.set(cell_voltage(1 + static_cast<int>(random.below(128))), 3.3);
  return reading;
}

/// One battery, its watch, and a clock.
class Scene {
 public:
  explicit Scene(RandomInput& random)
      : random_(random), rules_(random_rules(random)), model_(rules_), watch_(rules_) {}

  void step() {
    // Often just about a time that matters.
    constexpr std::array kPauses{0ms, 1ms, 1000ms, 9999ms, 10000ms, 10001ms};
    now_ += random_.one_in(2) ? random_.pause(20s) : kPauses[random_.below(kPauses.size())];
    if (random_.one_in(8)) now_ += rules_.timeout;
    act();
    watch_.look(model_, now_);
    ends_ += model_.phase() == Phase::gone && before_ != Phase::gone;
    before_ = model_.phase();
  }

  BatteryModel& model() { return model_; }
  Instant now() const { return now_; }
  int ends() const { return ends_; }
  const BatteryRules& rules() const { return rules_; }

 private:
  void act() {
    switch (random_.below(9)) {
      case 0:
      case 1:
      case 2:
        return apply(Delivery::live);
      case 3:
        return apply(Delivery::retained);
      case 4:
        watch_.on_heartbeat(now_);
        return model_.heartbeat(now_);
      case 5:
        if (!random_.one_in(4)) return;
        watch_.on_gone();
        return model_.declare_gone(now_);
      case 6:
        if (!random_.one_in(2)) return;
        watch_.on_rejected_message();
        return model_.rejected();
      case 7:
        if (!random_.one_in(2)) return;
        watch_.on_connected();
        return model_.connected();
      default:
        return;
    }
  }

  void apply(Delivery delivery) {
    const Reading message = random_message(random_);
    if (delivery == Delivery::live || rules_.timeout.count() == 0)
      watch_.on_live_message(message);
    else
      watch_.on_retained_message(message);
    model_.apply(message, delivery, now_);
  }

  RandomInput& random_;
  BatteryRules rules_;
  BatteryModel model_;
  test::BatteryWatch watch_;
  Instant now_ = Instant(1h);
  Phase before_ = Phase::waiting;
  int ends_ = 0;
};

TEST(AnyBattery, KeepsTheFailSafeOrder) {
  int ends = 0;
  test::for_each_seed(kCases, [&](RandomInput& random) {
    Scene scene(random);
    for (int i = 0; i < 80; ++i) scene.step();
    ends += scene.ends();
  });
  EXPECT_GT(ends, 500);
}

TEST(AnyBattery, ChangesByItselfOnlyAtTheTimeItNames) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    Scene scene(random);
    for (int i = 0; i < 40; ++i) {
      scene.step();
      const auto next = scene.model().next_change(scene.now());
      rule(!next || *next > scene.now(), "a change is due that has been made");
      const bool shown =
          scene.model().phase() == Phase::live || scene.model().phase() == Phase::holding;
      if (!shown) continue;  // nobody sees what ages off the bus
      BatteryModel later = scene.model();
      ItemValues before = later.view(scene.now());
      ItemValues after = later.view(next ? *next - 1ms : scene.now() + 24h);
      // A new time to go may wait for the next message.
      before.set(q("/TimeToGo"), std::nullopt);
      after.set(q("/TimeToGo"), std::nullopt);
      for (const Quantity id : all_quantities())
        test::rule_with(before[id] == after[id],
                        [id] { return std::string(id.spec().path) + " changed before its time"; });
    }
  });
}

TEST(AnyBattery, IsBackWithinOneUpdateAsIfItHadNeverLeft) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    Scene scene(random);
    for (int i = 0; i < 30; ++i) scene.step();
    BatteryModel& model = scene.model();
    const Instant back = scene.now() + scene.rules().timeout + 1h;
    model.view(back - 30min);
    model.view(back - 15min);
    Reading full;
    const std::vector<std::pair<Quantity, double>> numbers{{q("/Soc"), 50.0},
                                                           {q("/Dc/0/Voltage"), 52.0},
                                                           {q("/Dc/0/Current"), 10.0},
                                                           {q("/Info/MaxChargeVoltage"), 56.0},
                                                           {q("/Info/MaxChargeCurrent"), 70.0},
                                                           {q("/Info/MaxDischargeCurrent"), 90.0}};
    for (const auto& [id, number] : numbers) full.set(id, number);
    full.set(q("/Alarms/BmsCable"), 0);
    full.set(q("/Io/AllowToCharge"), 1);
    model.apply(full, Delivery::live, back);
    const ItemValues& values = model.view(back);
    EXPECT_EQ(model.phase(), Phase::live);
    for (const auto& [id, number] : numbers) {
      // Where silence never ends a life, a stop may have lowered it, and it rises slowly.
      if (id == q("/Info/MaxChargeVoltage") && model.limits().voltage_lowered()) continue;
      EXPECT_EQ(values.number(id), number);
    }
    EXPECT_TRUE(scene.rules().timeout.count() == 0 || !model.limits().voltage_lowered());
    EXPECT_EQ(values.number(q("/Alarms/BmsCable")), 0);
  });
}

TEST(AnyBattery, ShowsTheSameAfterAMessageTwiceAsAfterOne) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    Scene scene(random);
    for (int i = 0; i < 20; ++i) scene.step();
    for (const Delivery delivery : {Delivery::live, Delivery::retained}) {
      const Reading message = random_message(random);
      scene.model().apply(message, delivery, scene.now());
      BatteryModel twice = scene.model();
      twice.apply(message, delivery, scene.now());
      EXPECT_EQ(twice.view(scene.now()), scene.model().view(scene.now()));
    }
  });
}

}  // namespace
}  // namespace dmb
