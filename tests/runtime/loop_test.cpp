// SPDX-License-Identifier: MIT
#include "runtime/loop.h"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>

namespace dmb {
namespace {

using namespace std::chrono_literals;

TEST(Deferred, RunsOnceAfterWhatAskedForIt) {
  Loop loop;
  std::string order;
  Deferred deferred = loop.defer([&] {
    order += "d";
    if (order.size() > 4) loop.exit(0);
  });
  Timer again;
  Timer timer = loop.add_timer([&] {
    deferred.trigger();
    order += "t";
    deferred.trigger();
    again.arm(loop.now());
  });
  again = loop.add_timer([&] {
    order += "a";
    deferred.trigger();
    order += "a";
  });
  timer.arm(loop.now());
  EXPECT_EQ(loop.run(), 0);
  EXPECT_EQ(order, "tdaad");
}

TEST(Deferred, RunsWithinTheTurnThatAskedForIt) {
  Loop loop;
  std::string order;
  Deferred last = loop.defer([&] {
    order += "z";
    loop.exit(0);
  });
  Deferred one = loop.defer([&] {
    order += "1";
    last.trigger();  // has a turn of its own
    order += "-";
  });
  Deferred two = loop.defer([&] { order += "2"; });
  Deferred cancelled = loop.defer([&] { order += "!"; });
  Timer timer = loop.add_timer([&] {
    loop.guarded([&] { two.trigger(); });  // as callbacks of libraries do
    one.trigger();
    cancelled.trigger();
    two.trigger();
    cancelled = {};
    order += "t";
  });
  timer.arm(loop.now());
  loop.run();
  EXPECT_EQ(order, "t21-z");
}

TEST(Deferred, MayCancelOthersAndItself) {
  Loop loop;
  std::string order;
  Deferred second;
  Deferred first = loop.defer([&] {
    second = {};
    first = {};
    order += "1";
  });
  second = loop.defer([&] { order += "2"; });
  Timer end = loop.add_timer([&] { loop.exit(0); });
  Timer timer = loop.add_timer([&] {
    first.trigger();
    second.trigger();
    end.arm(loop.now() + 20ms);
  });
  timer.arm(loop.now());
  loop.run();
  EXPECT_EQ(order, "1");
}

TEST(Deferred, KeepsWhatItThrowsForRun) {
  Loop loop;
  Deferred deferred = loop.defer([] { throw std::runtime_error("no"); });
  Timer timer = loop.add_timer([&] { deferred.trigger(); });
  timer.arm(loop.now());
  EXPECT_THROW(loop.run(), std::runtime_error);
}

TEST(Deferred, DoesNotRunUnasked) {
  Loop loop;
  bool ran = false;
  const Deferred deferred = loop.defer([&] { ran = true; });
  Timer end = loop.add_timer([&] { loop.exit(0); });
  end.arm(loop.now() + 20ms);
  loop.run();
  EXPECT_FALSE(ran);
}

TEST(Deferred, IsCancelledWithIt) {
  Loop loop;
  bool ran = false;
  {
    Deferred deferred = loop.defer([&] { ran = true; });
    deferred.trigger();
  }
  Timer end = loop.add_timer([&] { loop.exit(0); });
  end.arm(loop.now() + 20ms);
  loop.run();
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace dmb
