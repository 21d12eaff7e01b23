// SPDX-License-Identifier: MIT
#include "nudge.h"

#include <gtest/gtest.h>

#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <ctime>
#include <future>
#include <string>
#include <thread>

namespace dmb {
namespace {

using namespace std::chrono_literals;

/// What `wait` returns on a thread that has the name of Paho's.
template <typename Wait>
std::future<int> on_receiving_thread(Wait wait) {
  return std::async(std::launch::async, [wait] {
    prctl(PR_SET_NAME, "MQTTAsync_rcv");
    return wait();
  });
}

TEST(Nudge, EndsTheSleepOfPahosReceivingThread) {
  auto result = on_receiving_thread([] {
    const timespec long_time{.tv_sec = 60, .tv_nsec = 0};
    return clock_nanosleep(CLOCK_REALTIME, 0, &long_time, nullptr);
  });
  for (int i = 0; i < 1000 && result.wait_for(10ms) != std::future_status::ready; ++i)
    nudge_receiver();
  EXPECT_EQ(result.get(), EINTR);
}

TEST(Nudge, LeavesThatThreadAloneWhenItWaitsForTheBroker) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  auto result = on_receiving_thread([fd = ends[0]] {
    pollfd one{.fd = fd, .events = POLLIN, .revents = 0};
    return poll(&one, 1, 60'000);
  });
  for (int i = 0; i < 20 && result.wait_for(10ms) != std::future_status::ready; ++i)
    nudge_receiver();
  ASSERT_EQ(write(ends[1], "x", 1), 1);
  EXPECT_EQ(result.get(), 1);
  close(ends[0]);
  close(ends[1]);
}

TEST(Nudge, DoesNothingWithoutThatThread) {
  nudge_receiver();
}

}  // namespace
}  // namespace dmb
