// SPDX-License-Identifier: MIT
#include "../support/mosquitto.h"
#include "blocker.h"
#include "fake_server.h"
#include "listener.h"

#include <gmock/gmock.h>

namespace dmb::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kBound = 1'000ms;

/// Lets an attempt get under way.
void run_for(Listener& listener, std::chrono::milliseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  listener.wait([until] { return std::chrono::steady_clock::now() > until; });
}

TEST(MqttEnding, IsQuickBeforeTheLoopRan) {
  Listener listener(at_port(free_port()));
  EXPECT_LT(listener.end(), kBound);
}

TEST(MqttEnding, IsQuickWhileConnectedAndTheBrokerIsToldSo) {
  Mosquitto broker;
  broker.start();
  Listener listener(at_port(broker.port()));
  ASSERT_TRUE(listener.wait_up());
  EXPECT_LT(listener.end(), kBound);
  // Not "closed its connection", which is what a client that just vanished gets.
  EXPECT_TRUE(listener.wait(
      [&] { return broker.log().find("Client dmb-test disconnected") != std::string::npos; }));
}

TEST(MqttEnding, IsQuickWhileWaitingForTheNextAttempt) {
  MqttTiming timing = kFast;
  timing.first_retry = timing.longest_retry = 1h;
  Listener listener(at_port(free_port()), {}, timing);
  EXPECT_NE(listener.first_reason(), "");
  EXPECT_LT(listener.end(), kBound);
}

TEST(MqttEnding, IsQuickWhileNobodyAnswers) {
  const SilentServer server;
  Listener listener(at_port(server.port()));
  run_for(listener, 300ms);
  EXPECT_LT(listener.end(), kBound);
}

TEST(MqttEnding, IsQuickWhileNobodyAnswersTheTlsHandshake) {
  const SilentServer server;
  BrokerConfig config = at_port(server.port());
  config.tls_enabled = config.tls_insecure = true;
  Listener listener(config);
  run_for(listener, 300ms);
  EXPECT_LT(listener.end(), kBound);
}

TEST(MqttEnding, IsQuickWhileConnectingToAStoppedBroker) {
  Mosquitto broker;
  broker.start();
  broker.suspend();
  Listener listener(at_port(broker.port()));
  run_for(listener, 300ms);
  EXPECT_LT(listener.end(), kBound);
}

TEST(MqttEnding, IsQuickWhileConnectedToAStoppedBroker) {
  Mosquitto broker;
  broker.start();
  Listener listener(at_port(broker.port()));
  ASSERT_TRUE(listener.wait_up());
  broker.suspend();
  EXPECT_LT(listener.end(), kBound);
}

TEST(MqttEnding, IsQuickWhileMessagesPourIn) {
  Mosquitto broker;
  broker.start();
  std::string lines;
  for (int i = 0; i < 20'000; ++i) lines += "0123456789\n";
  Listener listener(at_port(broker.port()));
  ASSERT_TRUE(listener.wait_up());
  std::thread publisher([&] { broker.publish_lines("t/flood", lines); });
  listener.wait([&] { return listener.count<MqttMessage>() > 0; });
  EXPECT_LT(listener.end(), kBound);
  publisher.join();
}

TEST(MqttEnding, IsQuickAtAnyMomentOfAnAttempt) {
  Mosquitto broker;
  broker.start();
  BrokerConfig config = at_port(broker.port());
  config.address = "localhost";
  for (int i = 0; i < 20; ++i) {
    Listener listener(config);
    run_for(listener, std::chrono::milliseconds(i));
    EXPECT_LT(listener.end(), kBound) << i;
  }
}

/// Paho shuts itself down with its last client, and would take one made meanwhile with it.
TEST(MqttEnding, DoesNotHarmTheOneThatBeginsRightAfterIt) {
  Mosquitto broker;
  broker.start();
  for (int i = 0; i < 5; ++i) {
    Listener listener(at_port(broker.port()));
    ASSERT_TRUE(listener.wait_up()) << i;
    // Retained, so that it counts whether it comes before or after the subscription.
    broker.publish({.topic = "t/x", .payload = "y", .retain = true});
    ASSERT_TRUE(listener.wait([&] { return listener.count<MqttMessage>() >= 1; })) << i;
  }
}

TEST(MqttEnding, IsQuickThoughPahoIsStuck) {
  Mosquitto broker;
  broker.start();
  Blocker blocker(broker.port());
  Listener listener(at_port(broker.port()));
  ASSERT_TRUE(listener.wait_up());
  blocker.block(broker);
  EXPECT_LT(listener.end(), kBound);
  blocker.release();
}

}  // namespace
}  // namespace dmb::test
