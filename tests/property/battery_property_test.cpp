// SPDX-License-Identifier: MIT
// What holds for an MQTT battery whatever messages come, and do not come, and when:
// docs/behaviour.md, "Life and silence", "Limits", "Time to go".
#include "../support/battery_watch.h"
#include "../support/device_watch.h"
#include "dmb/battery/quantity.h"
#include "random_input.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using Phase = Life::Phase;
using test::RandomInput;
using test::rule;

constexpr unsigned kCases = 1000;
constexpr auto kTopic = "battery/1";

BatteryDeviceRules random_rules(RandomInput& random) {
  BatteryDeviceRules rules{.battery = {}, .topic = random.one_in(3) ? "battery/+" : kTopic};
  rules.battery.timeout = random.one_in(8) ? 0s : std::chrono::seconds(1 + random.below(90));
  rules.battery.stop_discharge_on_timeout = random.one_in(3);
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
      : random_(random), rules_(random_rules(random)), device_(rules_), watch_(rules_) {}

  void step() {
    // Often just about a time that matters.
    constexpr std::array kPauses{0ms, 1ms, 1000ms, 9999ms, 10000ms, 10001ms};
    Instant next =
        now_ + (random_.one_in(2) ? random_.pause(20s) : kPauses[random_.below(kPauses.size())]);
    if (random_.one_in(8)) next += rules_.battery.timeout;
    if (!random_.one_in(3)) be_called_until(next);
    now_ = next;
    act();
    look();
  }

  BatteryDevice& device() { return device_; }
  const test::BatteryWatch& watch() const { return watch_; }
  Instant now() const { return now_; }
  int ends() const { return ends_; }
  std::chrono::seconds timeout() const { return rules_.battery.timeout; }

 private:
  void be_called_until(Instant end) {
    test::call_when_due(device_, now_, end, [this] { look(); });
  }

  void look() {
    watch_.look(device_, now_);
    ends_ += watch_.phase() == Phase::gone && before_ != Phase::gone;
    before_ = watch_.phase();
  }

  void act() {
    const std::string topic = random_.one_in(5) ? "battery/2" : kTopic;
    const bool retained = random_.one_in(4);
    const auto happens = [this](const Event& event) { watch_.handle(device_, event, now_); };
    switch (random_.below(9)) {
      case 0:
        return happens(event::Heartbeat{random_.one_in(8)});
      case 1:
        if (random_.one_in(4)) happens(event::Gone{topic, retained});
        return;
      case 2:
        if (random_.one_in(2))
          happens(event::Rejected{topic, retained, MessageFault::not_json, "x"});
        return;
      case 3:
        if (random_.one_in(2)) happens(event::Connected{});
        return;
      case 4:
        return;
      default:
        return happens(event::Message{topic, retained, random_message(random_)});
    }
  }

  RandomInput& random_;
  BatteryDeviceRules rules_;
  BatteryDevice device_;
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
  EXPECT_GT(ends, test::in_scale(500));
}

TEST(AnyBattery, ChangesByItselfOnlyAtTheTimeItNames) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    Scene scene(random);
    for (int i = 0; i < 30; ++i) {
      scene.step();
      // Nobody sees what ages off the bus.
      if (scene.watch().is_shown()) test::check_announced(scene.device(), scene.now());
    }
  });
}

TEST(AnyBattery, IsBackWithinOneUpdateAsIfItHadNeverLeft) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    Scene scene(random);
    for (int i = 0; i < 30; ++i) scene.step();
    BatteryDevice& device = scene.device();
    const Instant back = scene.now() + scene.timeout() + 1h;
    device.view(back - 30min);
    device.view(back - 15min);
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
    const bool heard = !device.topic().topic().empty();
    device.handle(event::Message{heard ? device.topic().topic() : kTopic, false, full}, back);
    const ItemValues& values = device.view(back);
    EXPECT_EQ(device.presence(), Presence::on);
    for (const auto& [id, number] : numbers) {
      // Where silence never ends a life, a stop may have lowered it, and it rises slowly.
      if (id == q("/Info/MaxChargeVoltage") && scene.timeout() == 0s)
        EXPECT_LE(values.number(id), number);
      else
        EXPECT_EQ(values.number(id), number);
    }
    EXPECT_EQ(values.number(q("/Alarms/BmsCable")), 0);
  });
}

TEST(AnyBattery, ShowsTheSameAfterAMessageTwiceAsAfterOne) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    Scene scene(random);
    for (int i = 0; i < 20; ++i) scene.step();
    for (const bool retained : {false, true}) {
      const Reading reading = random_message(random);
      const Event message = event::Message{kTopic, retained, reading};
      scene.device().handle(message, scene.now());
      BatteryDevice twice = scene.device();
      twice.handle(message, scene.now());
      EXPECT_EQ(twice.view(scene.now()), scene.device().view(scene.now()));
    }
  });
}

}  // namespace
}  // namespace dmb
