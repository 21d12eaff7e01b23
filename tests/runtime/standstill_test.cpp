// SPDX-License-Identifier: MIT
#include "runtime/standstill.h"

#include "runtime/clock.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <thread>

namespace dmb {
namespace {

using namespace std::chrono_literals;

/// What is noticed after the loop did not turn for `pause`: by whoever asks, or by itself.
struct Pause {
  std::chrono::milliseconds patience;
  std::chrono::milliseconds pause;
  bool asks;

  int noticed() const {
    int count = 0;
    Loop loop;
    Standstill standstill(loop, [&](std::chrono::milliseconds late) {
      EXPECT_GE(late, patience / 2);
      EXPECT_LE(late, 1min);
      ++count;
    });
    standstill.watch(patience);
    Timer end = loop.add_timer([&] { loop.exit(0); });
    Timer pausing = loop.add_timer([&] {
      std::this_thread::sleep_for(pause);
      end.arm(clock_now() + 20ms);
    });
    Timer asking = loop.add_timer([&] {
      if (asks && standstill.check()) {
        EXPECT_FALSE(standstill.check()) << "told twice";
      }
    });
    pausing.arm(loop.now());
    asking.arm(loop.now() + 1ms);
    loop.run();
    return count;
  }
};

TEST(Standstill, IsNoticedOnceByWhoeverComesFirst) {
  EXPECT_EQ((Pause{1s, 1100ms, true}).noticed(), 1);
  EXPECT_EQ((Pause{1s, 1100ms, false}).noticed(), 1);
}

TEST(Standstill, IsNoneWhileItIsShort) {
  EXPECT_EQ((Pause{60s, 100ms, true}).noticed(), 0);
}

TEST(Standstill, IsNotLookedForUnasked) {
  int count = 0;
  Loop loop;
  Standstill standstill(loop, [&](auto) { ++count; });
  standstill.watch(20ms);
  standstill.watch(std::nullopt);
  Timer end = loop.add_timer([&] { loop.exit(0); });
  end.arm(loop.now() + 50ms);
  loop.run();
  EXPECT_FALSE(standstill.check());
  EXPECT_EQ(count, 0);
}

TEST(Clock, IsTheLoopsOwn) {
  Loop loop;
  Instant seen;
  const Instant before = clock_now();
  Timer timer = loop.add_timer([&] {
    seen = loop.now();
    loop.exit(0);
  });
  timer.arm(before + 20ms);
  loop.run();
  EXPECT_GE(seen, before + 20ms);
  EXPECT_LE(seen, clock_now());
}

TEST(Clock, KnowsWhenTheMonotonicClockShowsATime) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const auto usec = static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
                    static_cast<std::uint64_t>(now.tv_nsec) / 1'000;
  const Instant due = at_monotonic(usec + 60'000'000);
  EXPECT_NEAR(std::chrono::duration<double>(due - clock_now()).count(), 60, 10);
}

}  // namespace
}  // namespace dmb
