// SPDX-License-Identifier: MIT
// What holds for a bank on the bus whatever its members do, and when: docs/behaviour.md, "The bank
// as one battery", "Virtual BMS".
#include "../support/bank_device_watch.h"
#include "dmb/battery/quantity.h"
#include "random_input.h"

#include <algorithm>
#include <array>
#include <memory>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using test::RandomInput;
using Watched = std::vector<WatchedMember>;

constexpr unsigned kCases = 100;
constexpr double kMaxChargeVoltageV = 56.8;

BankRules random_rules(RandomInput& random) {
  BankRules rules;
  rules.aggregate.total_capacity_ah = random.maybe(2, 1, 2000);
  if (random.one_in(4)) return rules;
  rules.standing = {.alarms_needed = true, .max_charge_voltage_v = kMaxChargeVoltageV};
  if (random.one_in(4)) rules.expected_members = 1 + random.below(4);
  rules.bms = BmsRules{.max_charge_voltage_v = kMaxChargeVoltageV,
                       .max_charge_current_a = random.maybe(3, 1, 500),
                       .max_discharge_current_a = random.maybe(3, 1, 500),
                       .stop_discharge_when_all_lost = random.one_in(3),
                       .expected_shunts = rules.expected_members};
  return rules;
}

/// A bank, its watch, a clock, and members that come and go, with alarms and temperatures that
/// cross their limits now and then.
class Scene {
 public:
  Scene(RandomInput& random, const BankRules& rules)
      : random_(random), rules_(rules), device_(rules), watch_(rules) {}

  void step() {
    constexpr std::array kPauses{0ms, 1ms, 500ms, 9999ms, 10000ms, 10001ms, 30000ms};
    const Instant next = now_ + (random_.one_in(25)  ? random_.pause(700s)
                                 : random_.one_in(2) ? random_.pause(20s)
                                                     : kPauses[random_.below(kPauses.size())]);
    be_called_until(next);
    if (random_.one_in(40))
      restart();
    else
      act();
    look();
  }

  void be_called_until(Instant end) {
    test::call_when_due(device_, now_, end, [this] { look(); });
  }

  /// From now on there are these.
  void replace(Watched members) {
    members_ = std::move(members);
    looked_round_ = true;
    tell({.all = true, .changed = {}});
    look();
  }

  BankDevice& device() { return device_; }
  const Watched& members() const { return members_; }
  Instant now() const { return now_; }
  int stops() const { return stops_; }
  int releases() const { return releases_; }
  int ends() const { return ends_; }

 private:
  void restart() {
    const BankMemory memory = device_.memory(now_);
    device_ = BankDevice(rules_);
    device_.resume(memory, now_);
    watch_.restarted(now_);
    members_.clear();
    looked_round_ = was_on_bus_ = false;
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
    tell(news);
  }

  void tell(const MemberNews& news) {
    watch_.handle(device_, event::Members{members_, news, looked_round_}, now_);
  }

  void come_or_go(std::size_t i) {
    if (i < members_.size()) {
      members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(i));
    } else if (members_.size() < 3) {
      const std::string id(1, static_cast<char>('a' + random_.below(4)));
      if (std::ranges::any_of(members_, [&](const auto& m) { return m.snapshot.id == id; })) return;
      WatchedMember member{.snapshot = test::random_member(random_, id)};
      member.register_capacity_ah = random_.maybe(2, 10, 500);
      member.registers_pending = random_.one_in(8);
      change(member.snapshot.values);
      members_.push_back(member);
    }
  }

  void change(MemberValues& values) {
    const auto any = MemberQuantity::at(random_.below(kMemberQuantities));
    values[any] = random_.maybe(4, any.spec().min, any.spec().max);
    values[q("/Dc/0/Voltage")] = random_.maybe(20, 50, 55);
    values[q("/Dc/0/Current")] = random_.maybe(20, -50, 50);
    values[q("/Connected")] = 1;
    values[q("/Dc/0/Temperature")] =
        random_.one_in(8) ? random_.maybe(4, 0, 50) : random_.between(10, 40);
    for (const MemberQuantity alarm : kStopAlarms) {
      if (random_.one_in(3)) values[alarm] = random_.one_in(12) ? 1 + double(random_.below(2)) : 0;
      if (random_.one_in(40)) values[alarm].reset();
    }
  }

  void look() {
    watch_.look(device_, now_);
    ends_ += std::exchange(was_on_bus_, watch_.on_bus()) && !watch_.on_bus();
    const bool stopped =
        device_.is_bms() && device_.values().number(q("/Info/MaxChargeCurrent")) == 0;
    stops_ += stopped && !was_stopped_;
    releases_ += !stopped && was_stopped_;
    was_stopped_ = stopped;
  }

  RandomInput& random_;
  BankRules rules_;
  BankDevice device_;
  test::BankDeviceWatch watch_;
  Watched members_;
  Instant now_ = Instant(1h);
  bool looked_round_ = false;
  bool was_on_bus_ = false;
  bool was_stopped_ = false;
  int stops_ = 0;
  int releases_ = 0;
  int ends_ = 0;
};

TEST(AnyBankDevice, ShowsWhatItsMembersAllowAndLeavesInTime) {
  int stops = 0;
  int releases = 0;
  int ends = 0;
  test::for_each_seed(kCases, [&](RandomInput& random) {
    Scene scene(random, random_rules(random));
    for (int i = 0; i < 100; ++i) scene.step();
    stops += scene.stops();
    releases += scene.releases();
    ends += scene.ends();
  });
  EXPECT_GT(stops, test::in_scale(200));
  EXPECT_GT(releases, test::in_scale(100));
  EXPECT_GT(ends, test::in_scale(20));
}

TEST(AnyBankDevice, ChangesByItselfOnlyAtTheTimeItNames) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    Scene scene(random, random_rules(random));
    for (int i = 0; i < 40; ++i) {
      scene.step();
      test::check_announced(scene.device(), scene.now());
    }
  });
}

/// Members that give no reason to stop anything.
Watched calm_members(RandomInput& random) {
  Watched calm;
  for (const auto* id : {"a", "b", "c", "d"}) {
    WatchedMember member{.snapshot = test::random_member(random, id)};
    member.register_capacity_ah = random.between(10, 500);
    MemberValues& values = member.snapshot.values;
    for (const MemberQuantity alarm : kStopAlarms) values[alarm] = 0;
    values[q("/Dc/0/Voltage")] = 52;
    values[q("/Dc/0/Current")] = 0;
    values[q("/Dc/0/Temperature")] = 20;
    values[q("/Settings/HasTemperature")] = values[q("/Connected")] = 1;
    calm.push_back(member);
  }
  return calm;
}

TEST(AnyBankDevice, GivesEverythingBackWithinTwentyCalmMinutes) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    BankRules rules = random_rules(random);
    if (!rules.bms) return;
    rules.expected_members.reset();
    rules.bms->expected_shunts.reset();
    rules.bms->max_charge_current_a = 100;
    Scene scene(random, rules);
    for (int i = 0; i < 40; ++i) scene.step();
    scene.replace(calm_members(random));
    scene.be_called_until(scene.now() + 20min);
    const ItemValues& values = scene.device().view(scene.now());
    EXPECT_EQ(values.number(q("/Info/MaxChargeCurrent")), 100);
    EXPECT_EQ(values[q("/Info/ChargeLimitation")].value, OptValue(""));
    EXPECT_EQ(values.number(q("/Io/AllowToCharge")), 1);
    EXPECT_EQ(values.number(q("/Io/AllowToDischarge")), 1);
  });
}

TEST(AnyBankDevice, ShrinksToTheShareThatIsStillSeen) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    BankRules rules;
    rules.bms = BmsRules{.max_charge_voltage_v = kMaxChargeVoltageV,
                         .max_charge_current_a = 100,
                         .max_discharge_current_a = 200};
    Scene scene(random, rules);
    Watched members = calm_members(random);
    const auto all_ah = [&members] {
      double sum_ah = 0;
      for (const WatchedMember& member : members) sum_ah += *member.register_capacity_ah;
      return sum_ah;
    };
    scene.replace(members);
    EXPECT_EQ(scene.device().values().number(q("/Info/MaxChargeCurrent")), 100);
    const double whole_ah = all_ah();
    members.erase(members.begin() + static_cast<std::ptrdiff_t>(random.below(members.size())));
    scene.replace(members);
    const ItemValues& values = scene.device().values();
    EXPECT_EQ(values.number(q("/Alarms/BmsCable")), 1);
    EXPECT_NEAR(*values.number(q("/Info/MaxChargeCurrent")), 100 * all_ah() / whole_ah, 1e-9);
    EXPECT_NEAR(*values.number(q("/Info/MaxDischargeCurrent")), 200 * all_ah() / whole_ah, 1e-9);
  });
}

TEST(AnyBankDevice, DecidesTheSameInWhateverOrderItsMembersStand) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    Scene scene(random, random_rules(random));
    for (int i = 0; i < 20; ++i) {
      scene.step();
      BankDevice other = scene.device();
      Watched members = scene.members();
      scene.replace(members);
      random.shuffle(members);
      const MemberNews news{.all = true, .changed = {}};
      other.handle(event::Members{members, news, true}, scene.now());
      const ItemValues& values = other.view(scene.now());
      for (const Quantity id : {q("/Info/MaxChargeCurrent"), q("/Info/MaxDischargeCurrent"),
                                q("/Info/ChargeLimitation"), q("/Info/DischargeLimitation"),
                                q("/Io/AllowToCharge"), q("/Io/AllowToDischarge")})
        EXPECT_EQ(values[id], scene.device().values()[id]) << id.spec().path;
    }
  });
}

}  // namespace
}  // namespace dmb
