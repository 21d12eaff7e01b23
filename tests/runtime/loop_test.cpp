// SPDX-License-Identifier: MIT
#include "dmb/runtime/loop.h"

#include <gtest/gtest.h>

#include <chrono>
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
