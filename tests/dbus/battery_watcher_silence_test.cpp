// SPDX-License-Identifier: MIT
#include "battery_watcher_fixture.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <thread>

namespace dmb::test {
namespace {

using BatteryWatcherSilence = BatteryWatcherFixture;
using std::chrono::milliseconds;

constexpr WatchPatience kShort{.silence = milliseconds(900)};

TEST_F(BatteryWatcherSilence, AMemberThatStandsStillIsLostUntilItAnswers) {
  const auto frozen = start("a", shunt_items("HQ1"));
  const auto good = start("b", shunt_items("HQ2"));
  watch({}, false, kShort);
  expect_ids({"HQ1", "HQ2"});
  frozen->behave(Manner::hangs);
  expect_ids({"HQ2"});
  EXPECT_EQ(log_.count("a) does not answer any more, and has sent nothing for "), 1U);
  EXPECT_TRUE(wait_for([&] { return good->calls("GetValue") > 5; })) << "time goes on";
  EXPECT_LE(frozen->calls("GetValue"), 3) << "questions pile up";
  EXPECT_EQ(frozen->calls("GetItems"), 1);

  frozen->answer_kept_calls();
  expect_ids({"HQ1", "HQ2"});
  EXPECT_EQ(frozen->calls("GetItems"), 2) << "its values are of unknown age";
  EXPECT_EQ(log_.count("answers again"), 1U);
}

TEST_F(BatteryWatcherSilence, AQuietOneThatAnswersIsAlive) {
  const auto quiet = start("a", shunt_items("HQ1"));
  watch({}, false, {.silence = milliseconds(1500)});
  expect_ids({"HQ1"});
  EXPECT_TRUE(wait_for([&] { return quiet->calls("GetValue") > 4; }));
  EXPECT_EQ(ids(), Ids{"HQ1"});
  EXPECT_EQ(quiet->calls("GetItems"), 1) << "it was lost meanwhile";
}

TEST_F(BatteryWatcherSilence, ALostOneThatSendsIsReadAnewBeforeItCounts) {
  const auto shunt = start("a", shunt_items("HQ1"));
  watch({}, false, kShort);
  expect_ids({"HQ1"});
  shunt->behave(Manner::hangs);
  expect_ids({});
  shunt->behave(Manner::honest);
  shunt->change_one("/Soc", real(50));
  expect_ids({"HQ1"});
  EXPECT_EQ(shunt->calls("GetItems"), 2);
}

/// What the daemon says in the place of a service is no sign of life of it.
TEST_F(BatteryWatcherSilence, OneThatHungFromTheStartIsAskedOnceMoreAndThenListenedTo) {
  const auto hung = start("a", shunt_items("HQ1"), Manner::hangs);
  watch({}, false, {milliseconds(100), milliseconds(100)});
  EXPECT_TRUE(wait_for([&] { return hung->calls("GetValue") == 1; }));
  EXPECT_EQ(hung->calls("GetItems"), 2);
  hung->answer_kept_calls();
  expect_ids({"HQ1"});
}

/// Its program lives, and its signals do not come: an alarm must not be missed for ever.
TEST_F(BatteryWatcherSilence, OneThatChangesWithoutAWordIsReadAnew) {
  const auto shunt = start("a", shunt_items("HQ1"));
  watch({}, false, kShort);
  expect_ids({"HQ1"});
  shunt->change_silently({{"/Dc/0/Voltage", real(57)}, {"/Alarms/HighVoltage", integer(2)}});
  expect_value("/Alarms/HighVoltage", 2);
}

TEST_F(BatteryWatcherSilence, ALostOneThatIsExcludedThenIsForgotten) {
  const auto shunt = start("a", shunt_items("HQ1"));
  watch({}, false, kShort);
  expect_ids({"HQ1"});
  shunt->behave(Manner::hangs);
  expect_ids({});
  change(rules({"HQ1"}, {}, false, kShort));
  EXPECT_TRUE(wait_for([&] { return forgotten() == (Ids{kPrefix + "a", "HQ1"}); }));
}

/// Our own stop: what the members sent meanwhile waits to be read, behind what others sent.
TEST_F(BatteryWatcherSilence, NobodyIsLostBecauseWeStoodStill) {
  const auto quiet = start("a", shunt_items("HQ1"));
  const auto chatty = start("b", shunt_items("HQ2"));
  watch({}, false, kShort);
  expect_ids({"HQ1", "HQ2"});
  quiet->behave(Manner::hangs);
  EXPECT_TRUE(wait_for([&] { return quiet->calls("GetValue") == 1; }));
  std::promise<void> sent;
  runner_->run([&] {  // the loop stands still meanwhile
    std::thread([&] {
      for (int i = 0; i < 300; ++i) chatty->change_one("/Soc", real(i % 100));
      chatty->flush();
      quiet->answer_kept_calls();
      quiet->flush();
      sent.set_value();
    }).detach();
    sent.get_future().wait();
    std::this_thread::sleep_for(2 * kShort.silence);
  });
  EXPECT_TRUE(wait_for([&] { return quiet->calls("GetValue") > 2; }));
  EXPECT_EQ(quiet->calls("GetItems"), 1) << "it was lost meanwhile";
  EXPECT_EQ(log_.count("warning"), 0U);
}

}  // namespace
}  // namespace dmb::test
