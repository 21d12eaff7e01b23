// SPDX-License-Identifier: MIT
#include "sinks/bus/published_service.h"

#include "../dbus/sample_items.h"
#include "../support/loop_runner.h"
#include "../support/private_bus.h"
#include "../support/wait_for.h"

#include <gtest/gtest.h>
#include <systemd/sd-bus.h>

#include <sys/socket.h>

namespace dmb::test {
namespace {

/// What the tests wait for: nothing else may grow without bound.
constexpr std::size_t kMaxWaiting = 33;

class PublishedServiceTest : public testing::Test {
 protected:
  PublishedServiceTest() {
    private_bus_.use_for_this_process();
    bus_ = std::make_unique<Bus>(loop_);
    service_ = std::make_unique<PublishedService>(
        loop_, *bus_, "com.victronenergy.battery.test", kSampleItems,
        SignalTimes{.min_update_interval = std::chrono::milliseconds(0)},
        [](Quantity, const OptValue&) { return std::nullopt; });
    service_->join(sample_values());
    runner_ = std::make_unique<LoopRunner>(loop_);
  }
  ~PublishedServiceTest() override {
    runner_->run([this] { service_.reset(); });
    runner_.reset();
  }

  /// The kernel would take megabytes for a process with privileges.
  void shrink_socket() {
    runner_->run([this] {
      const int bytes = 4096;
      ::setsockopt(sd_bus_get_fd(bus_->native()), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    });
  }
  /// Hands in a voltage of its own each time; returns how many signals wait then.
  std::size_t backlog_after_updates(int count) {
    std::size_t waiting = 0;
    for (int i = 0; i < count; ++i) {
      runner_->run([&] {
        ItemValues values = sample_values();
        values.set(kVoltage, 40 + i * 0.01);
        due_ = service_->update(values, loop_.now());
      });
    }
    runner_->run([&] { waiting = bus_->backlog(); });
    return waiting;
  }

  PrivateBus private_bus_;
  Loop loop_;
  std::unique_ptr<Bus> bus_;
  std::unique_ptr<PublishedService> service_;
  std::optional<Instant> due_;
  std::unique_ptr<LoopRunner> runner_;
};

TEST_F(PublishedServiceTest, AddsNoMoreToABusThatStandsStillAndGoesOnWithTheNewest) {
  EXPECT_TRUE(wait_for([&] {
    bool owned = false;
    runner_->run([&] { owned = service_->owned(); });
    return owned;
  }));
  shrink_socket();
  private_bus_.stand_still();
  const std::size_t waiting = backlog_after_updates(500);
  EXPECT_GT(waiting, 1U) << "the socket takes all: this test proves nothing";
  EXPECT_LE(waiting, kMaxWaiting);
  EXPECT_NE(due_, std::nullopt) << "nobody would try again";
  private_bus_.go_on();
  EXPECT_TRUE(wait_for([&] { return backlog_after_updates(1) <= 1; }));
  EXPECT_EQ(due_, std::nullopt);
}

}  // namespace
}  // namespace dmb::test
