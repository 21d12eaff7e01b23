// SPDX-License-Identifier: MIT
#include "dbus/bus.h"

#include "../support/wait_for.h"
#include "service_fixture.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>

namespace dmb::test {
namespace {

using BusDeathTest = ServiceFixture;

TEST_F(BusDeathTest, EndsTheLoopWithAnExceptionWhenTheDaemonDies) {
  private_bus_.kill();
  try {
    runner_->wait_for_end();
    FAIL() << "the loop ended without an exception";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("D-Bus"), std::string::npos) << error.what();
  }
}

TEST(Bus, ThrowsWhenThereIsNoBus) {
  ::setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/socket", 1);
  Loop loop;
  EXPECT_ANY_THROW(Bus{loop});
}

using BusUnderLoad = ServiceFixture;

/// One connection is flooded with calls; the timer and the calls of another client still get their
/// turn.
TEST_F(BusUnderLoad, LeavesTimeForOthers) {
  int ticks = 0;
  Timer timer;
  runner_->run([&] {
    timer = loop_.add_timer([&] {
      ++ticks;
      timer.arm(loop_.now() + std::chrono::milliseconds(1));
    });
    timer.arm(loop_.now());
  });
  constexpr int kCalls = 5000;
  for (int i = 0; i < kCalls; ++i) {
    auto* call = client_->new_call(name_, "/", "com.victronenergy.BusItem", "GetItems");
    sd_bus_message_set_expect_reply(call, 0);
    sd_bus_send(client_->native(), call, nullptr);
    sd_bus_message_unref(call);
  }
  EXPECT_EQ(item("/State", "GetValue").body, "<i 9>");
  runner_->run([&] {
    EXPECT_GT(ticks, 5);
    timer = {};
  });
}

}  // namespace
}  // namespace dmb::test
