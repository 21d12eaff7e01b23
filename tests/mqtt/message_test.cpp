// SPDX-License-Identifier: MIT
#include "../support/log_capture.h"
#include "../support/mosquitto.h"
#include "listener.h"
#include "runtime/clock.h"

#include <gmock/gmock.h>

#include <thread>

namespace dmb::test {
namespace {

using testing::ElementsAre;
using namespace std::chrono_literals;

/// A broker, and a source that is connected and subscribed.
class MqttMessages : public testing::Test {
 protected:
  void SetUp() override {
    broker_.start();
    listener_ = std::make_unique<Listener>(at_port(broker_.port()));
    // The retained message tells that the subscription holds.
    broker_.publish({.topic = "t/ready", .payload = "x", .retain = true});
    ASSERT_TRUE(wait_for(1));
  }

  bool wait_for(std::size_t messages) {
    return listener_->wait([&] { return listener_->count<MqttMessage>() >= messages; });
  }

  Mosquitto broker_;
  std::unique_ptr<Listener> listener_;
};

TEST_F(MqttMessages, BringTopicPayloadAndTime) {
  const Instant before = clock_now();
  broker_.publish({.topic = "t/battery", .payload = R"({"Soc":50})"});
  ASSERT_TRUE(wait_for(2));
  const MqttMessage message = listener_->all<MqttMessage>()[1];
  EXPECT_EQ(message.topic, "t/battery");
  EXPECT_EQ(message.payload, R"({"Soc":50})");
  EXPECT_FALSE(message.retained);
  EXPECT_GE(message.arrived, before);
  EXPECT_LE(message.arrived, clock_now());
}

TEST_F(MqttMessages, FromBeforeTheSubscriptionAreMarkedRetained) {
  broker_.publish({.topic = "t/old", .payload = "1", .retain = true});
  ASSERT_TRUE(wait_for(2));
  EXPECT_FALSE(listener_->all<MqttMessage>()[1].retained);
  Listener late(at_port(broker_.port()), {{"t/old"}, {}});
  ASSERT_TRUE(late.wait([&] { return late.count<MqttMessage>() == 1; }));
  EXPECT_TRUE(late.all<MqttMessage>()[0].retained);
}

TEST_F(MqttMessages, MayBeEmpty) {
  broker_.publish({.topic = "t/gone", .payload = ""});
  ASSERT_TRUE(wait_for(2));
  EXPECT_EQ(listener_->all<MqttMessage>()[1].topic, "t/gone");
  EXPECT_EQ(listener_->all<MqttMessage>()[1].payload, "");
}

TEST_F(MqttMessages, MayHoldAnyByte) {
  const std::string bytes("\0\x01\xff{", 4);
  broker_.publish({.topic = "t/bytes", .payload = bytes});
  ASSERT_TRUE(wait_for(2));
  EXPECT_EQ(listener_->all<MqttMessage>()[1].payload, bytes);
}

TEST_F(MqttMessages, OverTheLimitAreReportedWithoutTheirPayload) {
  constexpr std::size_t kLimit = std::size_t{256} * 1024;
  broker_.publish({.topic = "t/most", .payload = std::string(kLimit, 'x')});
  broker_.publish({.topic = "t/more", .payload = std::string(kLimit + 1, 'x')});
  broker_.publish({.topic = "t/last", .payload = "x"});
  ASSERT_TRUE(wait_for(3));
  EXPECT_EQ(listener_->all<MqttMessage>()[1].payload.size(), kLimit);
  ASSERT_EQ(listener_->count<MqttOversized>(), 1U);
  EXPECT_EQ(listener_->all<MqttOversized>()[0].topic, "t/more");
  EXPECT_EQ(listener_->all<MqttOversized>()[0].size_bytes, kLimit + 1);
}

TEST_F(MqttMessages, ComeInOrderAndInBatches) {
  constexpr int kMany = 200;
  std::string lines;
  for (int i = 0; i < kMany; ++i) lines += std::to_string(i) + "\n";
  const int batches_before = listener_->batches();
  // The loop stands still while they arrive.
  broker_.publish_lines("t/count", lines);
  ASSERT_TRUE(wait_for(1 + kMany));
  const auto messages = listener_->all<MqttMessage>();
  for (int i = 0; i < kMany; ++i)
    ASSERT_EQ(messages[static_cast<std::size_t>(i) + 1].payload, std::to_string(i));
  EXPECT_LT(listener_->batches() - batches_before, kMany);
}

TEST_F(MqttMessages, FloodingAStandingLoopEndsWithTheNewest) {
  constexpr int kMany = 5'000;
  const LogCapture log;
  std::string lines;
  for (int i = 0; i < kMany; ++i) lines += std::to_string(i) + "\n";
  broker_.publish_lines("t/flood", lines);
  const std::string newest = std::to_string(kMany - 1);
  ASSERT_TRUE(
      listener_->wait([&] { return listener_->all<MqttMessage>().back().payload == newest; }));
  EXPECT_EQ(listener_->count<MqttDown>(), 0U);
  EXPECT_EQ(log.count("were passed over for newer"), 1U);
}

/// The loop stands still, as a stopped process does: how old is what waits then?
TEST_F(MqttMessages, AreDroppedWhenTheyWaitedLongerThanOurPatience) {
  MqttTiming timing = kFast;
  timing.first_retry = timing.longest_retry = 1h;  // after a standstill it connects at once
  listener_ =
      std::make_unique<Listener>(at_port(broker_.port()), MqttInterest{{"t/#"}, {}}, timing);
  ASSERT_TRUE(wait_for(1));
  listener_->source().set_interest({{"t/#"}, {}, 2s});
  broker_.publish({.topic = "t/last", .payload = "stored", .retain = true});
  ASSERT_TRUE(wait_for(2));
  broker_.publish({.topic = "t/waits", .payload = "how old?"});
  std::this_thread::sleep_for(2100ms);
  ASSERT_TRUE(listener_->wait_up(2));
  const MqttDown down = listener_->first_failure();
  EXPECT_EQ(down.trouble, BrokerTrouble::stalled);
  EXPECT_THAT(down.reason, testing::HasSubstr("stood still"));
  broker_.publish({.topic = "t/after", .payload = "x", .retain = true});
  ASSERT_TRUE(listener_->wait([&] {
    return listener_->count<MqttMessage>() > 0 &&
           listener_->all<MqttMessage>().back().topic == "t/after";
  }));
  for (const MqttMessage& message : listener_->all<MqttMessage>())
    EXPECT_NE(message.topic, "t/waits");
}

TEST_F(MqttMessages, AreTakenWhenTheyWaitedNoLongerThanOurPatience) {
  listener_->source().set_interest({{"t/#"}, {}, 600s});
  broker_.publish({.topic = "t/waits", .payload = "not old"});
  std::this_thread::sleep_for(100ms);
  ASSERT_TRUE(wait_for(2));
  EXPECT_EQ(listener_->count<MqttDown>(), 0U);
}

TEST_F(MqttMessages, EventsKeepTheirOrder) {
  broker_.kill();
  ASSERT_TRUE(listener_->wait([&] { return listener_->count<MqttDown>() >= 1; }));
  broker_.start();
  ASSERT_TRUE(listener_->wait_up(2));
  broker_.publish({.topic = "t/after", .payload = "x", .retain = true});
  ASSERT_TRUE(wait_for(2));
  std::vector<std::size_t> kinds;
  for (const MqttEvent& event : listener_->events())
    if (kinds.empty() || kinds.back() != event.index()) kinds.push_back(event.index());
  const std::size_t message = MqttEvent(MqttMessage{}).index();
  const std::size_t up = MqttEvent(MqttUp{}).index();
  const std::size_t down = MqttEvent(MqttDown{}).index();
  EXPECT_THAT(kinds, ElementsAre(up, message, down, up, message));
}

TEST_F(MqttMessages, FollowTheInterestWithoutANewConnection) {
  listener_->source().set_interest({{"u/#"}, {}});
  broker_.publish({.topic = "u/ready", .payload = "x", .retain = true});
  ASSERT_TRUE(wait_for(2));
  broker_.publish({.topic = "t/no-longer", .payload = "x"});
  broker_.publish({.topic = "u/last", .payload = "x"});
  ASSERT_TRUE(wait_for(3));
  EXPECT_EQ(listener_->all<MqttMessage>()[2].topic, "u/last");
  EXPECT_EQ(listener_->count<MqttUp>(), 1U);
}

TEST_F(MqttMessages, OfAFilterGivenTwiceComeOnce) {
  listener_->source().set_interest({{"u/#", "u/#"}, {}});
  broker_.publish({.topic = "u/ready", .payload = "x", .retain = true});
  ASSERT_TRUE(wait_for(2));
  broker_.publish({.topic = "u/next", .payload = "x"});
  ASSERT_TRUE(wait_for(3));
  EXPECT_EQ(listener_->all<MqttMessage>()[2].topic, "u/next");
}

}  // namespace
}  // namespace dmb::test
