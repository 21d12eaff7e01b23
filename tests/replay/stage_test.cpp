// SPDX-License-Identifier: MIT
#include "app/replay/stage.h"

#include "../support/shunt_samples.h"
#include "dmb/battery/quantity.h"
#include "dmb/config/parse.h"
#include "recorded.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dmb::replay::test {
namespace {

using record::Decision;

/// Keeps what it sees.
struct Witness final : Audience {
  struct Seen {
    std::string device;
    Decision decision;
    Instant at;
  };
  void on_run(const record::Began&, Instant) override { ++runs; }
  void on_ended(Played& device, Instant) override { ended.push_back(device.service()); }
  void on_notes(Played&, const Notes& notes, Instant) override { note_count += notes.size(); }
  void on_view(Played& device, const std::optional<Decision>& news, Instant now) override {
    ++views;
    if (news) decisions.push_back({device.service(), *news, now});
  }
  void on_remark(const std::string& text, Instant) override { remarks.push_back(text); }

  int runs = 0;
  int views = 0;
  std::size_t note_count = 0;
  std::vector<Seen> decisions;
  std::vector<std::string> ended;
  std::vector<std::string> remarks;
};

Witness play(const std::vector<record::Line>& lines, std::optional<Config> other = {}) {
  Witness witness;
  Stage stage(std::move(other), witness);
  for (const record::Line& line : lines) stage.play(line);
  return witness;
}

std::optional<double> charge_a(const Decision& decision) {
  return decision.max_charge_current_a ? decision.max_charge_current_a->value : std::nullopt;
}

WatchedMember member(const std::string& id, double current_a) {
  return {.snapshot = shunt(id, {{"/Dc/0/Voltage", 53.1},
                                 {"/Dc/0/Current", current_a},
                                 {"/Soc", 80},
                                 {"/Alarms/LowVoltage", 0},
                                 {"/Alarms/HighVoltage", 0}})};
}

TEST(Stage, ABatteryComesWithItsFirstMessage) {
  const Witness seen = play(house().message(5, house_payload(80)).lines());
  ASSERT_EQ(seen.decisions.size(), 2U);
  EXPECT_FALSE(seen.decisions[0].decision.is_present);
  EXPECT_FALSE(seen.decisions[0].decision.max_charge_current_a);
  const auto& came = seen.decisions[1];
  EXPECT_EQ(came.device, "mqtt_battery");
  EXPECT_EQ(came.at, at_s(5));
  EXPECT_TRUE(came.decision.is_present);
  EXPECT_EQ(charge_a(came.decision), 80);
  EXPECT_EQ(came.decision.max_charge_current_a->why, "as the payload gives it");
  EXPECT_EQ(seen.note_count, 1U);
  EXPECT_TRUE(seen.remarks.empty());
}

TEST(Stage, SilenceEndsItsLifeAtTheTimeThatWasRecorded) {
  const Witness seen = play(house().message(5, house_payload(80)).view(65).view(75).lines());
  ASSERT_EQ(seen.decisions.size(), 4U);
  EXPECT_EQ(charge_a(seen.decisions[2].decision), 0);
  EXPECT_EQ(seen.decisions[2].decision.max_charge_current_a->why,
            "charging is stopped: the battery is silent");
  EXPECT_TRUE(seen.decisions[2].decision.is_present);
  EXPECT_FALSE(seen.decisions[3].decision.is_present);
}

TEST(Stage, AMessageOfAnotherTopicIsNotItsOwn) {
  const Witness seen = play(house().message(5, house_payload(80), "battery/boat").lines());
  EXPECT_EQ(seen.decisions.size(), 1U);
  EXPECT_EQ(seen.views, 2);
}

TEST(Stage, ABankIsMadeOfItsMembersAndOfWhatIsNewOfThem) {
  Recording recording(kShuntsConfig, "aggregate_shunts", true);
  recording
      .add(1,
           record::MembersCame{
               "aggregate_shunts", true, {{0, member("a", 3)}, {1, member("b", 4)}}, {}, true})
      .view(1)
      .add(2, record::MembersCame{"aggregate_shunts", false, {{1, member("b", 6)}}, {}, true})
      .view(2);
  Witness witness;
  Stage stage({}, witness);
  for (const record::Line& line : recording.lines()) stage.play(line);
  Witness& seen = witness;
  ASSERT_GE(seen.decisions.size(), 2U);
  EXPECT_TRUE(seen.decisions.back().decision.is_present);
  EXPECT_EQ(charge_a(seen.decisions.back().decision), 100);
  Played* bank = stage.find("aggregate_shunts");
  ASSERT_NE(bank, nullptr);
  EXPECT_EQ(bank->device().values().number(q("/Dc/0/Current")), 9);
}

TEST(Stage, AMemberThatNobodyToldOfChangesNothing) {
  Recording recording(kShuntsConfig, "aggregate_shunts", true);
  recording.add(1, record::MembersCame{"aggregate_shunts", false, {{7, member("b", 6)}}, {}, true})
      .view(1);
  const Witness seen = play(recording.lines());
  EXPECT_EQ(seen.decisions.size(), 1U);
}

/// The catch-up is for who has not seen the part before.
TEST(Stage, TheNextPartGoesOnWhereTheOneBeforeEnded) {
  Recording recording = house();
  recording.message(5, house_payload(80))
      .add(6, record::Began{"1.2.3", kWallTimeS + 6, 1, true})
      .add(6, record::ConfigLoaded{std::string(kHouseConfig), {}})
      .add(6, record::Created{"mqtt_battery", false})
      .view(6)
      .add(6, record::CaughtUp{})
      .view(60)
      .view(65);
  const Witness seen = play(recording.lines());
  EXPECT_EQ(seen.runs, 1);
  EXPECT_TRUE(seen.remarks.empty());
  ASSERT_EQ(seen.decisions.size(), 3U);
  EXPECT_EQ(seen.decisions[2].at, at_s(65));
  EXPECT_EQ(charge_a(seen.decisions[2].decision), 0);
}

TEST(Stage, APartWithoutTheOneBeforeBeginsWithItsCatchUp) {
  Recording recording;
  recording.add(6, record::Began{"1.2.3", kWallTimeS + 6, 1, true})
      .add(6, record::ConfigLoaded{std::string(kHouseConfig), {}})
      .add(6, record::Created{"mqtt_battery", false})
      .add(6, record::MessageCame{"battery/house", house_payload(80), false, at_s(5)})
      .add(6, record::Viewed{"mqtt_battery"})
      .add(6, record::CaughtUp{})
      .add(65, record::Viewed{"mqtt_battery"});
  const Witness seen = play(recording.lines());
  ASSERT_EQ(seen.remarks.size(), 1U);
  EXPECT_NE(seen.remarks[0].find("the part before is not there"), std::string::npos);
  ASSERT_EQ(seen.decisions.size(), 2U);
  EXPECT_EQ(charge_a(seen.decisions[0].decision), 80);
  EXPECT_EQ(charge_a(seen.decisions[1].decision), 0);
}

TEST(Stage, AnotherRunKnowsNothingOfTheOneBefore) {
  Recording recording = house();
  recording.message(5, house_payload(80));
  const Recording again = house();
  for (const record::Line& line : again.lines())
    std::visit([&](const auto& what) { recording.add(20, what); }, line.what);
  const Witness seen = play(recording.lines());
  EXPECT_EQ(seen.runs, 2);
  EXPECT_EQ(seen.ended, std::vector<std::string>{"mqtt_battery"});
  ASSERT_EQ(seen.decisions.size(), 3U);
  EXPECT_FALSE(seen.decisions[2].decision.is_present);
}

TEST(Stage, ADeviceGoesOnUnderAnotherConfigAndName) {
  const std::string config =
      "[DEFAULT]\nservice_name = cabin\ntimeout = 60\n"
      "[MQTT]\nbroker_address = localhost\ntopic = battery/house\n";
  Recording recording = house();
  recording.message(5, house_payload(80))
      .add(6, record::ConfigLoaded{config, {}})
      .add(6, record::Changed{"mqtt_battery", "cabin"})
      .add(6, record::Viewed{"cabin"})
      .add(65, record::Viewed{"cabin"});
  const Witness seen = play(recording.lines());
  ASSERT_EQ(seen.decisions.size(), 3U);
  EXPECT_EQ(seen.decisions[2].device, "cabin");
  EXPECT_EQ(charge_a(seen.decisions[2].decision), 0);
  EXPECT_TRUE(seen.remarks.empty());
}

TEST(Stage, AnotherConfigMayBePlayedInsteadOfTheRecordedOne) {
  const auto other =
      parse_config("[DEFAULT]\ntimeout = 30\n[MQTT]\nbroker_address = x\ntopic = battery/house\n");
  ASSERT_TRUE(other.config);
  const Witness seen = play(house().message(5, house_payload(80)).view(65).lines(), other.config);
  ASSERT_EQ(seen.decisions.size(), 4U);
  EXPECT_EQ(seen.decisions[2].at, at_s(35));
  EXPECT_EQ(charge_a(seen.decisions[2].decision), 0);
  EXPECT_EQ(seen.decisions[3].at, at_s(45));
  EXPECT_FALSE(seen.decisions[3].decision.is_present);
}

TEST(Stage, WhatItsConfigDoesNotHaveIsNotPlayedAndSaidOnce) {
  Recording recording = house();
  recording.add(1, record::Created{"shed", false}).add(2, record::Created{"shed", true});
  recording.add(3, record::Viewed{"shed"});
  const Witness seen = play(recording.lines());
  ASSERT_EQ(seen.remarks.size(), 1U);
  EXPECT_EQ(seen.remarks[0], "the config has no shed: it is not played");
  EXPECT_EQ(seen.views, 1);
}

TEST(Stage, AConfigThatCannotBeReadIsSaid) {
  Recording recording = house();
  recording.add(1, record::ConfigLoaded{"[MQTT]\nbroker_port = many\n", {}});
  const Witness seen = play(recording.lines());
  ASSERT_EQ(seen.remarks.size(), 1U);
  EXPECT_NE(seen.remarks[0].find("its config cannot be read"), std::string::npos);
}

TEST(Stage, WithoutAConfigFileThereAreTheShunts) {
  const Witness seen = play(Recording("", "aggregate_shunts", true).lines());
  EXPECT_TRUE(seen.remarks.empty());
  EXPECT_EQ(seen.decisions.size(), 1U);
}

TEST(Stage, MissingLinesAreSaid) {
  const Witness seen = play(house().add(3, record::Gap{12}).lines());
  ASSERT_EQ(seen.remarks.size(), 1U);
  EXPECT_EQ(seen.remarks[0],
            "12 lines are missing here: what follows may have been decided otherwise");
}

TEST(Stage, APersonsWishLowersALimit) {
  ManualWishes wishes;
  wishes.max_charge_current_a = 20;
  Recording recording = house();
  recording.message(5, house_payload(80))
      .add(6, record::WishesCame{"mqtt_battery", wishes, {}})
      .view(6);
  const Witness seen = play(recording.lines());
  ASSERT_EQ(seen.decisions.size(), 3U);
  EXPECT_EQ(charge_a(seen.decisions[2].decision), 20);
}

}  // namespace
}  // namespace dmb::replay::test
