// SPDX-License-Identifier: MIT
#include "dmb/device/switches.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace dmb {
namespace {

using Press = Switches::Press;

SwitchOffer bank_offer() {
  return {.limits = true,
          .charge_control = true,
          .max_charge_current_a = 120,
          .max_discharge_current_a = 62.5,
          .of_members = true,
          .members = {{"id-a", "Pack A", "HQ1", true}, {"id-b", "Pack B", "HQ-2", true}}};
}

/// The switches of a bank, what is kept of them, and what follows.
class SwitchesTest : public testing::Test {
 protected:
  SwitchesTest() { offer(bank_offer()); }

  void offer(SwitchOffer offered) {
    switches_.offer(offered);
    kept_.offer(switches_.settings());
    switches_.recall(kept_);
    switches_.show(true, false);
  }
  /// As DeviceHost does it.
  std::optional<OptValue> write(const std::string& item, const OptValue& value) {
    auto answer = switches_.write("/SwitchableOutput/" + item, value);
    for (const auto& [name, written] : switches_.take_written()) kept_.write(name, written);
    return answer;
  }
  OptValue shown(const std::string& item) const {
    const auto found = switches_.shown().items().find("/SwitchableOutput/" + item);
    return found == switches_.shown().items().end() ? OptValue("no item") : found->second.value;
  }
  std::vector<std::string> notes() {
    std::vector<std::string> texts;
    for (const Note& note : switches_.take_notes())
      texts.push_back(std::get<note::Switched>(note).what);
    return texts;
  }

  Switches switches_;
  KeptSettings kept_;
};

TEST_F(SwitchesTest, HasAllThatTheDisplaysPaneReads) {
  EXPECT_EQ(shown("stop_charge/Name"), OptValue("Stop charging"));
  EXPECT_EQ(shown("stop_charge/State"), OptValue(0));
  EXPECT_EQ(shown("stop_charge/Settings/Type"), OptValue(1));
  EXPECT_EQ(shown("stop_charge/Settings/ValidTypes"), OptValue(2));
  EXPECT_EQ(shown("stop_charge/Settings/Function"), OptValue(2));
  EXPECT_EQ(shown("stop_charge/Settings/ValidFunctions"), OptValue(4));
  EXPECT_EQ(shown("stop_charge/Settings/ShowUIControl"), OptValue(1));
  EXPECT_EQ(shown("stop_charge/Settings/CustomName"), OptValue(""));
  EXPECT_EQ(shown("stop_charge/Settings/Group"), OptValue(""));
  EXPECT_EQ(shown("full_charge/Settings/Type"), OptValue(0));
  EXPECT_EQ(shown("charge_to/Settings/Type"), OptValue(7));
  EXPECT_EQ(shown("charge_to/Settings/ValidTypes"), OptValue(128));
  EXPECT_EQ(shown("charge_to/Dimming"), OptValue(100.0));
  EXPECT_EQ(shown("charge_to/Settings/DimmingMin"), OptValue(50.0));
  EXPECT_EQ(shown("charge_to/Settings/Unit"), OptValue("%"));
  EXPECT_EQ(shown("charge_to/Status"), OptValue(9)) << "its number is shown only then";
  EXPECT_EQ(shown("max_discharge_current/Settings/DimmingMax"), OptValue(62.5));
  EXPECT_EQ(shown("max_discharge_current/Dimming"), OptValue(62.5));
  EXPECT_EQ(shown("relay_member_HQ1/Name"), OptValue("Include Pack A"));
  EXPECT_EQ(shown("relay_member_HQ_2D2/State"), OptValue(1));
  EXPECT_EQ(shown("redetect/Name"), OptValue("Redetect"));
  EXPECT_TRUE(notes().empty());
  EXPECT_EQ(switches_.summary(), "");
}

TEST_F(SwitchesTest, AToggleIsAWishAndIsKept) {
  EXPECT_EQ(write("stop_charge/State", 1), OptValue(1));
  EXPECT_EQ(shown("stop_charge/State"), OptValue(1));
  EXPECT_EQ(shown("stop_charge/Status"), OptValue(9));
  EXPECT_EQ(switches_.wishes(), ManualWishes{.stop_charge = true});
  EXPECT_EQ(notes(), std::vector<std::string>{"Stop charging: on, by somebody on the bus"});
  write("stop_charge/State", 1);
  EXPECT_TRUE(notes().empty()) << "it stands so already";
  EXPECT_EQ(switches_.summary(), "Stop charging: on");

  Switches again;
  again.offer(bank_offer());
  again.recall(kept_);
  EXPECT_EQ(again.wishes(), ManualWishes{.stop_charge = true});
}

TEST_F(SwitchesTest, ASliderAtItsEndLimitsNothing) {
  EXPECT_EQ(write("max_charge_current/Dimming", 40.0), OptValue(40.0));
  EXPECT_EQ(write("charge_to/Dimming", 80.0), OptValue(80.0));
  EXPECT_EQ(switches_.wishes(),
            (ManualWishes{.charge_to_percent = 80, .max_charge_current_a = 40}));
  EXPECT_EQ(switches_.summary(), "Charge to: 80 %; Maximum charge current: 40 A");
  EXPECT_EQ(write("max_charge_current/Dimming", 120.0), OptValue(120.0));
  EXPECT_EQ(write("charge_to/Dimming", 100.0), OptValue(100.0));
  EXPECT_EQ(switches_.wishes(), ManualWishes());
  EXPECT_EQ(notes().at(2), "Maximum charge current: no limit, by somebody on the bus");

  SwitchOffer more = bank_offer();
  more.max_charge_current_a = 200;
  offer(more);
  EXPECT_EQ(shown("max_charge_current/Dimming"), OptValue(200.0));
  EXPECT_EQ(switches_.wishes(), ManualWishes()) << "it was at its end, and is";
}

TEST_F(SwitchesTest, ASliderAboveALoweredCeilingLimitsNothingEither) {
  write("max_charge_current/Dimming", 100.0);
  SwitchOffer less = bank_offer();
  less.max_charge_current_a = 50;
  offer(less);
  EXPECT_EQ(shown("max_charge_current/Dimming"), OptValue(50.0));
  EXPECT_EQ(switches_.wishes(), ManualWishes());
}

TEST_F(SwitchesTest, NonsenseChangesNothing) {
  const SideItems before = switches_.shown().items();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::pair<std::string, OptValue>> rows{
      {"max_charge_current/Dimming", nan},
      {"max_charge_current/Dimming", -1.0},
      {"max_charge_current/Dimming", 1e300},
      {"max_charge_current/Dimming", 120.5},
      {"max_charge_current/Dimming", "40"},
      {"max_charge_current/Dimming", std::nullopt},
      {"charge_to/Dimming", 49.0},
      {"charge_to/Dimming", 101.0},
      {"charge_to/State", 0},
      {"stop_charge/State", std::nullopt},
      {"stop_charge/State", "on"},
      {"stop_charge/State", 2},
      {"stop_charge/State", 0.5},
      {"stop_charge/Dimming", 1.0},
      {"stop_charge/Status", 1},
      {"stop_charge/Name", "x"},
      {"stop_charge/Settings/CustomName", 5},
      {"stop_charge/Settings/CustomName", std::nullopt},
      {"stop_charge/Settings/Group", 1.5},
      {"stop_charge/Settings/ShowUIControl", std::nullopt},
      {"stop_charge/Settings/ShowUIControl", 8},
      {"stop_charge", 1},
      {"stop_charge/", 1},
      {"stop/State", 1},
      {"relay_member_unknown/State", 0},
      {"", 1}};
  for (const auto& [item, value] : rows) EXPECT_FALSE(write(item, value)) << item;
  EXPECT_FALSE(switches_.write("/Soc", 1));
  EXPECT_FALSE(switches_.write("/SwitchableOutput", 1));
  EXPECT_EQ(switches_.shown().items(), before);
  EXPECT_EQ(switches_.wishes(), ManualWishes());
  EXPECT_TRUE(notes().empty());
}

TEST_F(SwitchesTest, AMomentaryGoesBackByItself) {
  EXPECT_EQ(write("full_charge/State", 1), OptValue(0));
  EXPECT_EQ(write("full_charge/State", 0), OptValue(0)) << "as a display does when it is let go";
  EXPECT_EQ(shown("full_charge/State"), OptValue(0));
  EXPECT_EQ(write("redetect/State", 1), OptValue(0));
  EXPECT_EQ(switches_.take_pressed(), (std::vector{Press::full_charge, Press::redetect}));
  EXPECT_TRUE(switches_.take_pressed().empty());
  EXPECT_EQ(kept_.find("Switch_full_charge"), nullptr);
}

TEST_F(SwitchesTest, AFullChargeIsNotPressedTwiceAndEndsWithANewGoal) {
  switches_.show(true, true);
  EXPECT_EQ(shown("full_charge/Status"), OptValue(9));
  EXPECT_EQ(shown("full_charge/State"), OptValue(0));
  write("full_charge/State", 1);
  EXPECT_TRUE(switches_.take_pressed().empty());
  EXPECT_EQ(notes(), std::vector<std::string>{"Full charge now: it runs already"});
  write("charge_to/Dimming", 100.0);
  EXPECT_EQ(switches_.take_pressed(), std::vector{Press::end_full_charge});
  switches_.show(true, false);
  EXPECT_EQ(notes(), std::vector<std::string>{"Full charge now: it has ended"});
}

TEST_F(SwitchesTest, TheLastMemberThatIsThereStaysOn) {
  EXPECT_EQ(write("relay_member_HQ1/State", 0), OptValue(0));
  EXPECT_EQ(switches_.switched_off(), std::set<std::string>{"id-a"});
  EXPECT_FALSE(write("relay_member_HQ_2D2/State", 0));
  EXPECT_EQ(shown("relay_member_HQ_2D2/State"), OptValue(1));
  EXPECT_EQ(notes().at(1), "Include Pack B stays on: it is the last one that is there");
  EXPECT_EQ(write("relay_member_HQ1/State", 1), OptValue(1));
  SwitchOffer alone = bank_offer();
  alone.members[0].is_there = false;
  offer(alone);
  EXPECT_FALSE(write("relay_member_HQ_2D2/State", 0)) << "the other one is not there";
  EXPECT_EQ(write("relay_member_HQ1/State", 0), OptValue(0)) << "one that is away may be";
}

TEST_F(SwitchesTest, AMemberKeepsItsPlaceWhileItIsAwayAndAfterItIsForgotten) {
  write("relay_member_HQ1/State", 0);
  SwitchOffer less = bank_offer();
  less.members.erase(less.members.begin());
  offer(less);
  EXPECT_EQ(shown("relay_member_HQ1/State"), OptValue()) << "an item does not go, but is invalid";
  EXPECT_TRUE(switches_.switched_off().empty());
  offer(bank_offer());
  EXPECT_EQ(switches_.switched_off(), std::set<std::string>{"id-a"});
}

TEST_F(SwitchesTest, TwoMembersOfOneKeyHaveTwoSwitches) {
  SwitchOffer twins = bank_offer();
  twins.members[1].key = "HQ1";
  offer(twins);
  write("relay_member_HQ1_id_2Db/State", 0);
  EXPECT_EQ(switches_.switched_off(), std::set<std::string>{"id-b"});
}

TEST_F(SwitchesTest, HowItIsCalledAndWhereItIsShownIsItsUsersAndKept) {
  EXPECT_EQ(write("stop_charge/Settings/CustomName", "Nicht laden"), OptValue("Nicht laden"));
  EXPECT_EQ(write("stop_charge/Settings/Group", "Boat"), OptValue("Boat"));
  EXPECT_EQ(write("stop_charge/Settings/ShowUIControl", 2), OptValue(2));
  Switches again;
  again.offer(bank_offer());
  again.recall(kept_);
  again.show(true, false);
  const SideItems& items = again.shown().items();
  EXPECT_EQ(items.at("/SwitchableOutput/stop_charge/Settings/CustomName").value,
            OptValue("Nicht laden"));
  EXPECT_EQ(items.at("/SwitchableOutput/stop_charge/Settings/Group").value, OptValue("Boat"));
  EXPECT_EQ(items.at("/SwitchableOutput/stop_charge/Settings/ShowUIControl").value, OptValue(2));
}

TEST_F(SwitchesTest, WhatTheSettingsServiceSaysCounts) {
  kept_.take_answer("Switch_stop_discharge", BusValue(std::int64_t{1}));
  kept_.take_answer("Switch_charge_to", BusValue(75.0));
  switches_.recall(kept_);
  EXPECT_EQ(switches_.wishes(), (ManualWishes{.stop_discharge = true, .charge_to_percent = 75}));
  EXPECT_EQ(notes(), (std::vector<std::string>{"Charge to: 75 %, as kept in the settings",
                                               "Stop discharging: on, as kept in the settings"}));
  for (const BusValue& odd : std::vector<BusValue>{-1.0, 1e300, std::string("80"), true})
    kept_.take_answer("Switch_charge_to", odd);
  switches_.recall(kept_);
  EXPECT_EQ(switches_.wishes().charge_to_percent, 75);
}

TEST_F(SwitchesTest, AMonitorHasOnlyWhatIsOfItsMembers) {
  SwitchOffer monitor = bank_offer();
  monitor.limits = monitor.charge_control = false;
  monitor.member_prefix = "relay_shunt_";
  Switches switches;
  switches.offer(monitor);
  std::set<std::string> ids;
  for (const auto& [path, item] : switches.shown().items())
    ids.insert(path.substr(18, path.find('/', 18) - 18));
  EXPECT_EQ(ids, (std::set<std::string>{"redetect", "relay_shunt_HQ1", "relay_shunt_HQ_2D2"}));
}

TEST_F(SwitchesTest, WhatWouldLimitIsNotShownBeforeThereAreLimitsButCounts) {
  write("stop_charge/State", 1);
  switches_.show(false, false);
  EXPECT_EQ(shown("stop_charge/State"), OptValue());
  EXPECT_FALSE(write("stop_charge/State", 0));
  EXPECT_TRUE(switches_.wishes().stop_charge);
}

TEST_F(SwitchesTest, HasNoSliderWhoseEndNobodyConfigured) {
  SwitchOffer open = bank_offer();
  open.max_charge_current_a.reset();
  open.max_discharge_current_a = 10'000;
  Switches switches;
  switches.offer(open);
  switches.show(true, false);
  EXPECT_FALSE(switches.shown().items().contains("/SwitchableOutput/max_charge_current/Dimming"));
  EXPECT_FALSE(
      switches.shown().items().contains("/SwitchableOutput/max_discharge_current/Dimming"));
}

/// Whatever is written anywhere, what comes of it are numbers below the config's.
TEST_F(SwitchesTest, AnyWritesLeaveWishesBelowTheConfigAndOneMemberOn) {
  std::mt19937 random(7);
  std::vector<std::string> paths;
  for (const auto& [path, item] : switches_.shown().items()) paths.push_back(path.substr(18));
  const std::vector<OptValue> values{0,
                                     1,
                                     2,
                                     55.5,
                                     0.0,
                                     119.0,
                                     1e300,
                                     -7.0,
                                     -1,
                                     "",
                                     "x",
                                     std::nullopt,
                                     std::numeric_limits<double>::infinity()};
  for (int i = 0; i < 5000; ++i) {
    write(paths[random() % paths.size()], values[random() % values.size()]);
    const ManualWishes wishes = switches_.wishes();
    EXPECT_TRUE(wishes.max_charge_current_a.value_or(0) >= 0);
    EXPECT_LT(wishes.max_charge_current_a.value_or(0), 120);
    EXPECT_LT(wishes.max_discharge_current_a.value_or(0), 62.5);
    EXPECT_TRUE(wishes.charge_to_percent.value_or(50) >= 50);
    EXPECT_LT(wishes.charge_to_percent.value_or(50), 100);
    EXPECT_LE(switches_.switched_off().size(), 1U);
  }
}

}  // namespace
}  // namespace dmb
