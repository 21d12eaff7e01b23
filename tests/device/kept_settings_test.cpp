// SPDX-License-Identifier: MIT
#include "dmb/device/kept_settings.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace dmb {
namespace {

using Taken = KeptSettings::Taken;

const SettingSpec kStop{.name = "stop", .initial = 0, .min = 0, .max = 1};
const SettingSpec kGoal{.name = "goal", .initial = 100.0, .min = 50, .max = 100};
const SettingSpec kLabel{.name = "label", .initial = ""};
const std::vector kAll{kStop, kGoal, kLabel};

BusValue whole(std::int64_t number) {
  return number;
}

KeptSettings offered(KeptValues memory = {}) {
  KeptSettings settings;
  settings.recall(std::move(memory));
  EXPECT_TRUE(settings.offer(kAll));
  return settings;
}

/// The service answered for all, with what it was given.
void answer_all(KeptSettings& settings) {
  for (const SettingSpec& spec : settings.wanted()) {
    BusValue value;
    std::visit(
        [&](const auto& v) {
          if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::int32_t>)
            value = std::int64_t{v};
          else
            value = v;
        },
        spec.initial);
    settings.take_answer(spec.name, value);
  }
}

TEST(KeptSettings, HaveTheirInitialValuesAtFirst) {
  const KeptSettings settings = offered();
  EXPECT_EQ(*settings.find("stop"), Value(0));
  EXPECT_EQ(*settings.find("goal"), Value(100.0));
  EXPECT_EQ(*settings.find("label"), Value(""));
  EXPECT_EQ(settings.find("other"), nullptr);
  EXPECT_TRUE(settings.memory().empty());
}

TEST(KeptSettings, HaveTheRememberedValuesFromTheFirstMoment) {
  const KeptSettings settings = offered({{"stop", {1, true}}, {"goal", {80, true}}});
  EXPECT_EQ(*settings.find("stop"), Value(1));
  EXPECT_EQ(*settings.find("goal"), Value(80.0)) << "a whole number in the file";
}

TEST(KeptSettings, ARememberedValueThatCannotBeIsTheNearestOrTheInitialOne) {
  const KeptSettings settings =
      offered({{"stop", {"on", true}}, {"goal", {20.0, true}}, {"label", {7, true}}});
  EXPECT_EQ(*settings.find("stop"), Value(0));
  EXPECT_EQ(*settings.find("goal"), Value(50.0));
  EXPECT_EQ(*settings.find("label"), Value(""));
}

TEST(KeptSettings, WhatTheServiceHasWinsOverWhatWasStoredThere) {
  KeptSettings settings = offered({{"stop", {1, true}}});
  EXPECT_EQ(settings.take_answer("stop", whole(0)), Taken::changed);
  EXPECT_EQ(settings.take_answer("goal", 80.0), Taken::changed);
  EXPECT_EQ(settings.take_answer("label", ""), Taken::same);
  EXPECT_EQ(*settings.find("stop"), Value(0));
  EXPECT_EQ(*settings.find("goal"), Value(80.0));
  EXPECT_TRUE(settings.take_errands().empty());
  EXPECT_EQ(settings.memory(), (KeptValues{{"goal", {80.0, true}}}));
}

TEST(KeptSettings, WhatWasNotStoredYetWinsAndIsStored) {
  KeptSettings settings = offered({{"stop", {1, false}}});
  EXPECT_TRUE(settings.take_errands().empty()) << "the service has not answered";
  EXPECT_EQ(settings.take_answer("stop", whole(0)), Taken::same);
  EXPECT_EQ(*settings.find("stop"), Value(1));
  const auto errands = settings.take_errands();
  ASSERT_EQ(errands.size(), 1U);
  EXPECT_EQ(errands[0].name, "stop");
  EXPECT_EQ(errands[0].value, Value(1));
  EXPECT_EQ(settings.memory(), (KeptValues{{"stop", {1, false}}}));
  settings.done("stop", true);
  EXPECT_EQ(settings.memory(), (KeptValues{{"stop", {1, true}}}));
}

TEST(KeptSettings, WhatIsWrittenIsStoredOneAfterTheOtherAndItsEchoesCountForNothing) {
  KeptSettings settings = offered();
  answer_all(settings);
  settings.write("stop", 1);
  EXPECT_EQ(settings.take_errands().size(), 1U);
  settings.write("stop", 0);
  settings.write("stop", 1);
  settings.write("stop", 0);
  EXPECT_TRUE(settings.take_errands().empty()) << "the first is on its way";
  EXPECT_EQ(settings.take_change("stop", whole(1)), Taken::same);
  settings.done("stop", true);
  EXPECT_EQ(*settings.find("stop"), Value(0));
  EXPECT_EQ(settings.take_change("stop", whole(1)), Taken::same) << "older than what comes next";
  ASSERT_EQ(settings.take_errands().size(), 1U);
  settings.done("stop", true);
  EXPECT_EQ(settings.take_change("stop", whole(1)), Taken::changed) << "somebody else";
  EXPECT_EQ(*settings.find("stop"), Value(1));
}

TEST(KeptSettings, WhatTheServiceRefusedIsOfferedToTheNextOneOnly) {
  KeptSettings settings = offered();
  answer_all(settings);
  settings.write("goal", 80.0);
  EXPECT_EQ(settings.take_errands().size(), 1U);
  settings.done("goal", false);
  EXPECT_TRUE(settings.take_errands().empty());
  EXPECT_EQ(settings.take_change("stop", whole(1)), Taken::changed) << "others go on";
  settings.away();
  EXPECT_EQ(settings.take_answer("goal", 100.0), Taken::same);
  EXPECT_EQ(*settings.find("goal"), Value(80.0));
  EXPECT_EQ(settings.take_errands().size(), 1U);
}

TEST(KeptSettings, WhatWasOnItsWayToAServiceThatDiedIsOfferedAgain) {
  KeptSettings settings = offered();
  answer_all(settings);
  settings.write("stop", 1);
  EXPECT_EQ(settings.take_errands().size(), 1U);
  settings.away();
  EXPECT_TRUE(settings.take_errands().empty());
  settings.done("stop", true);  // of the old one: it does not count
  EXPECT_FALSE(settings.memory().at("stop").stored);
  settings.take_answer("stop", whole(0));
  EXPECT_EQ(settings.take_errands().size(), 1U);
  EXPECT_EQ(*settings.find("stop"), Value(1));
}

TEST(KeptSettings, NonsenseOfTheServiceIsSaidOnceAndReplacedByWhatCounts) {
  for (const BusValue& nonsense :
       {BusValue(std::int64_t{2}), BusValue(std::int64_t{-1}), BusValue(0.5), BusValue(true),
        BusValue("1"), BusValue(std::monostate()),
        BusValue(std::numeric_limits<double>::infinity()),
        BusValue(std::numeric_limits<double>::quiet_NaN()),
        BusValue(std::numeric_limits<std::uint64_t>::max())}) {
    KeptSettings settings = offered({{"stop", {1, true}}});
    EXPECT_EQ(settings.take_answer("stop", nonsense), Taken::refused);
    EXPECT_EQ(settings.take_change("stop", nonsense), Taken::same) << "ours is next to go";
    EXPECT_EQ(settings.take_errands().size(), 1U);
    settings.done("stop", true);
    EXPECT_EQ(settings.take_change("stop", nonsense), Taken::refused_again);
    EXPECT_EQ(*settings.find("stop"), Value(1));
    EXPECT_EQ(settings.take_change("stop", whole(0)), Taken::changed);
    EXPECT_EQ(settings.take_change("stop", nonsense), Taken::refused) << "news again";
  }
}

TEST(KeptSettings, ALongTextIsNone) {
  KeptSettings settings = offered();
  EXPECT_EQ(settings.take_answer("label", std::string(300, 'x')), Taken::refused);
  EXPECT_EQ(settings.take_change("label", "Shed"), Taken::same) << "ours is next to go";
  EXPECT_EQ(*settings.find("label"), Value(""));
}

TEST(KeptSettings, WhatCannotBeIsNotWritten) {
  KeptSettings settings = offered();
  settings.write("stop", 2);
  settings.write("goal", "80");
  settings.write("nobody", 1);
  EXPECT_TRUE(settings.memory().empty());
}

TEST(KeptSettings, ASettingThatIsNotOfferedAnyMoreIsRemembered) {
  KeptSettings settings = offered();
  answer_all(settings);
  settings.write("stop", 1);
  EXPECT_FALSE(settings.offer({kGoal}));
  EXPECT_EQ(settings.find("stop"), nullptr);
  EXPECT_EQ(settings.wanted(), std::vector{kGoal});
  EXPECT_EQ(settings.memory(), (KeptValues{{"stop", {1, false}}}));
  EXPECT_TRUE(settings.offer({kGoal, kStop}));
  EXPECT_EQ(*settings.find("stop"), Value(1));
}

TEST(KeptSettings, AreAskedForAgainOnlyWhereTheyAreOthers) {
  KeptSettings settings = offered();
  EXPECT_FALSE(settings.offer({kLabel, kGoal, kStop}));
  SettingSpec narrower = kGoal;
  narrower.max = 70;
  EXPECT_TRUE(settings.offer({kLabel, narrower, kStop}));
  EXPECT_EQ(*settings.find("goal"), Value(70.0));
}

TEST(KeptSettings, AServiceThatLostItsStoreIsGivenWhatCounts) {
  KeptSettings settings = offered({{"stop", {1, true}}});
  std::vector<SettingSpec> wanted = settings.wanted();
  ASSERT_EQ(wanted.size(), 3U);
  EXPECT_EQ(wanted[2].name, "stop");
  EXPECT_EQ(wanted[2].initial, Value(1));
}

TEST(KeptSettings, SayWhenThereIsSomethingNewToRemember) {
  KeptSettings settings = offered();
  EXPECT_FALSE(settings.take_memory_news());
  answer_all(settings);
  EXPECT_FALSE(settings.take_memory_news());
  settings.write("stop", 1);
  EXPECT_TRUE(settings.take_memory_news());
  EXPECT_EQ(settings.take_errands().size(), 1U);
  EXPECT_FALSE(settings.take_memory_news());
  settings.done("stop", true);
  EXPECT_TRUE(settings.take_memory_news());
  EXPECT_EQ(settings.take_change("stop", whole(0)), Taken::changed);
  EXPECT_TRUE(settings.take_memory_news());
}

TEST(KeptSettings, RememberABoundedNumber) {
  KeptSettings settings;
  for (int round = 0; round < 10; ++round) {
    std::vector<SettingSpec> specs;
    for (int i = 0; i < 50; ++i)
      specs.push_back({.name = "s" + std::to_string(round) + "_" + std::to_string(i),
                       .initial = 0,
                       .min = 0,
                       .max = 1});
    settings.offer(specs);
    for (const SettingSpec& spec : specs) settings.write(spec.name, 1);
  }
  EXPECT_EQ(settings.memory().size(), kMaxKeptValues);
  EXPECT_EQ(settings.memory().count("s9_49"), 1U) << "those that are offered come first";
}

}  // namespace
}  // namespace dmb
