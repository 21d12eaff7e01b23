// SPDX-License-Identifier: MIT
#include "../support/mosquitto.h"
#include "listener.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace dmb::test {
namespace {

using testing::ElementsAre;
using Lines = std::vector<std::string>;

constexpr const char* kAll = "R/abc/keepalive|";
constexpr const char* kOnly = R"(R/abc/keepalive|{"keepalive-options":["suppress-republish"]})";

class VenusKeepalive : public testing::Test {
 protected:
  VenusKeepalive() { broker_.start(); }
  Mosquitto broker_;
};

TEST_F(VenusKeepalive, AsksForEverythingOnceThenOnlyStaysAlive) {
  const Watcher watcher(broker_, "R/#");
  Listener listener(at_port(broker_.port()), {{"N/abc/#"}, {"R/abc/keepalive"}});
  ASSERT_TRUE(listener.wait([&] { return watcher.lines().size() >= 3; }));
  const Lines lines = watcher.lines();
  EXPECT_THAT(Lines(lines.begin(), lines.begin() + 3), ElementsAre(kAll, kOnly, kOnly));
}

TEST_F(VenusKeepalive, AsksForEverythingAgainAfterEveryConnect) {
  Listener listener(at_port(broker_.port()), {{"N/abc/#"}, {"R/abc/keepalive"}});
  ASSERT_TRUE(listener.wait_up());
  broker_.kill();
  ASSERT_TRUE(listener.wait([&] { return listener.count<MqttDown>() >= 1; }));
  broker_.start();
  const Watcher watcher(broker_, "R/#");
  ASSERT_TRUE(listener.wait_up(2));
  ASSERT_TRUE(listener.wait([&] { return !watcher.lines().empty(); }));
}

TEST_F(VenusKeepalive, ReachesEveryPortal) {
  const Watcher watcher(broker_, "R/#");
  Listener listener(at_port(broker_.port()), {{}, {"R/abc/keepalive", "R/def/keepalive"}});
  ASSERT_TRUE(listener.wait([&] { return watcher.lines().size() >= 2; }));
  const Lines lines = watcher.lines();
  EXPECT_THAT(Lines(lines.begin(), lines.begin() + 2),
              ElementsAre("R/abc/keepalive|", "R/def/keepalive|"));
}

TEST_F(VenusKeepalive, FollowsTheInterest) {
  MqttTiming timing = kFast;
  timing.venus_keepalive = std::chrono::hours(1);
  const Watcher watcher(broker_, "R/#");
  Listener listener(at_port(broker_.port()), {{}, {"R/abc/keepalive"}}, timing);
  ASSERT_TRUE(listener.wait([&] { return watcher.lines().size() >= 1; }));
  listener.source().set_interest({{}, {"R/def/keepalive", "R/abc/keepalive"}});
  ASSERT_TRUE(listener.wait([&] { return watcher.lines().size() >= 2; }));
  EXPECT_THAT(watcher.lines(), ElementsAre("R/abc/keepalive|", "R/def/keepalive|"));
}

TEST_F(VenusKeepalive, IsNotSentToOtherBrokers) {
  const Watcher watcher(broker_, "#");
  Listener listener(at_port(broker_.port()), {{"t/#"}, {}});
  broker_.publish({.topic = "t/ready", .payload = "x", .retain = true});
  ASSERT_TRUE(listener.wait([&] { return listener.count<MqttMessage>() == 1; }));
  // Two keepalives would have been due by the time the second one comes round.
  const auto until = std::chrono::steady_clock::now() + 3 * kFast.venus_keepalive;
  ASSERT_TRUE(listener.wait([&] { return std::chrono::steady_clock::now() > until; }));
  for (const std::string& line : watcher.lines()) EXPECT_FALSE(line.starts_with("R/")) << line;
}

}  // namespace
}  // namespace dmb::test
