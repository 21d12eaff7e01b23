// SPDX-License-Identifier: MIT
#include "sources/bus/limits_in_force.h"

#include "../support/fake_shunt.h"
#include "../support/loop_runner.h"
#include "../support/private_bus.h"
#include "../support/wait_for.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>
#include <utility>

namespace dmb::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* kSystem = "com.victronenergy.system";
constexpr const char* kJk = "com.victronenergy.battery.jk";

class LimitsInForceTest : public testing::Test {
 protected:
  LimitsInForceTest() {
    private_bus_.use_for_this_process();
    watch_ = std::make_unique<LimitsInForceWatch>(
        loop_, [this](const LimitsInForce& found) { last_ = found; },
        LimitsInForceWatch::Pace{20ms, 300ms});
    runner_ = std::make_unique<LoopRunner>(loop_);
  }
  ~LimitsInForceTest() override {
    runner_->run([this] { watch_.reset(); });
    runner_.reset();
  }

  std::unique_ptr<FakeShunt> play(const std::string& service, FakeItems items) {
    return std::make_unique<FakeShunt>(
        private_bus_.address(),
        FakeShunt::Setup{.service = service, .tree = {.items = std::move(items), .registers = {}}});
  }
  std::unique_ptr<FakeShunt> play_system(const std::string& bms, int dvcc = 1) {
    return play(kSystem, {{"/ActiveBmsService", text(bms)}, {"/Control/Dvcc", integer(dvcc)}});
  }
  static FakeItems limits() {
    return {{"/Info/MaxChargeVoltage", real(55.2)},
            {"/Info/MaxChargeCurrent", integer(80)},
            {"/Info/MaxDischargeCurrent", real(120)},
            {"/CustomName", text("JK")},
            {"/ProductName", text("JK BMS")}};
  }
  LimitsInForce last() {
    LimitsInForce copy;
    runner_->run([&] { copy = last_; });
    return copy;
  }
  bool becomes(const LimitsInForce& wanted) {
    return wait_for([&] { return last() == wanted; });
  }
  bool is_missing(NoComparison why) {
    return wait_for([&] { return last().missing == why; });
  }

  PrivateBus private_bus_;
  Loop loop_;
  LimitsInForce last_;
  std::unique_ptr<LimitsInForceWatch> watch_;
  std::unique_ptr<LoopRunner> runner_;
};

TEST_F(LimitsInForceTest, AreThoseOfTheBatteryThatSystemcalcHasChosen) {
  const auto jk = play(kJk, limits());
  const auto system = play_system(kJk);
  EXPECT_TRUE(becomes({.missing = {}, .who = "JK", .limits = {55.2, 80, 120}}));
  jk->change_silently({{"/Info/MaxChargeCurrent", real(0)},
                       {"/Info/MaxDischargeCurrent", invalid()},
                       {"/CustomName", text("")}});
  EXPECT_TRUE(becomes({.missing = {}, .who = "JK BMS", .limits = {55.2, 0, {}}}));
}

TEST_F(LimitsInForceTest, AreNotKnownWithoutSystemcalcNorWithoutDvccNorWithoutABms) {
  const auto jk = play(kJk, limits());
  EXPECT_TRUE(is_missing(NoComparison::no_systemcalc));
  const auto system = play_system("", 1);
  EXPECT_TRUE(is_missing(NoComparison::no_bms));
  system->change_silently({{"/ActiveBmsService", text(kJk)}, {"/Control/Dvcc", integer(0)}});
  EXPECT_TRUE(is_missing(NoComparison::dvcc_off));
  system->change_silently({{"/Control/Dvcc", integer(1)}});
  EXPECT_TRUE(becomes({.missing = {}, .who = "JK", .limits = {55.2, 80, 120}}));
  system->change_silently({{"/ActiveBmsService", invalid()}});
  EXPECT_TRUE(is_missing(NoComparison::no_bms));
}

TEST_F(LimitsInForceTest, OfABatteryThatIsNotThereAreNone) {
  const auto system = play_system("com.victronenergy.battery.gone");
  EXPECT_TRUE(becomes({.missing = {}, .who = "com.victronenergy.battery.gone", .limits = {}}));
  const auto jk = play(kJk, limits());
  for (const char* odd : {"no name", "a..b", ":", "\x1b[2J", "/"}) {
    system->change_silently({{"/ActiveBmsService", text(odd)}});
    EXPECT_TRUE(wait_for([&] {
      const LimitsInForce found = last();
      return found.who == odd || found.missing == NoComparison::no_answer;
    })) << odd;
    system->change_silently({{"/ActiveBmsService", text(kJk)}});
    EXPECT_TRUE(becomes({.missing = {}, .who = "JK", .limits = {55.2, 80, 120}})) << odd;
  }
}

TEST_F(LimitsInForceTest, AreNotWhatNobodyCanBelieve) {
  const auto jk = play(kJk, limits());
  const auto system = play_system(kJk);
  jk->change_silently({{"/Info/MaxChargeVoltage", real(std::numeric_limits<double>::quiet_NaN())},
                       {"/Info/MaxChargeCurrent", real(-5)},
                       {"/Info/MaxDischargeCurrent", text("all")}});
  EXPECT_TRUE(becomes({.missing = {}, .who = "JK", .limits = {{}, 0, {}}}));
  jk->change_silently({{"/Info/MaxChargeVoltage", real(1e300)}});
  EXPECT_TRUE(becomes({.missing = {}, .who = "JK", .limits = {{}, 0, {}}}));
}

TEST_F(LimitsInForceTest, OfWhoHangsAreWaitedForOnlyForAWhile) {
  const auto jk = play(kJk, limits());
  const auto system = play_system(kJk);
  EXPECT_TRUE(becomes({.missing = {}, .who = "JK", .limits = {55.2, 80, 120}}));
  jk->behave(FakeShunt::Manner::hangs);
  EXPECT_TRUE(becomes({.missing = {}, .who = kJk, .limits = {}}));
  system->behave(FakeShunt::Manner::hangs);
  EXPECT_TRUE(is_missing(NoComparison::no_systemcalc));
  jk->behave(FakeShunt::Manner::honest);
  system->behave(FakeShunt::Manner::honest);
  EXPECT_TRUE(becomes({.missing = {}, .who = "JK", .limits = {55.2, 80, 120}}));
}

}  // namespace
}  // namespace dmb::test
