// SPDX-License-Identifier: MIT
#include "../support/mosquitto.h"
#include "fake_server.h"
#include "listener.h"

#include <gmock/gmock.h>
#include <mqtt/async_client.h>

#include <condition_variable>
#include <mutex>

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
    broker.publish({.topic = "t/x", .payload = "y"});
    ASSERT_TRUE(listener.wait([&] { return listener.count<MqttMessage>() >= 1; })) << i;
  }
}

/// Holds the lock of Paho's whole API, as a name look-up without a name server does.
class Blocker {
 public:
  explicit Blocker(std::uint16_t port)
      : client_("tcp://127.0.0.1:" + std::to_string(port), "blocker") {
    client_.set_message_callback([this](mqtt::const_message_ptr) { block(); });
    client_.connect()->wait();
    client_.subscribe("block", 0)->wait();
  }
  ~Blocker() { release(); }

  void wait_until_blocked() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return blocked_; });
  }
  void release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }

 private:
  void block() {
    std::unique_lock lock(mutex_);
    blocked_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return released_; });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool blocked_ = false;
  bool released_ = false;
  mqtt::async_client client_;
};

TEST(MqttEnding, IsQuickThoughPahoIsStuck) {
  Mosquitto broker;
  broker.start();
  Blocker blocker(broker.port());
  Listener listener(at_port(broker.port()));
  ASSERT_TRUE(listener.wait_up());
  broker.publish({.topic = "block", .payload = "x"});
  blocker.wait_until_blocked();
  EXPECT_LT(listener.end(), kBound);
  blocker.release();
}

}  // namespace
}  // namespace dmb::test
