// SPDX-License-Identifier: MIT
#include "../support/mosquitto.h"
#include "listener.h"
#include "mqtt/mqtt_publisher.h"
#include "sockets.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace dmb::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

/// A publisher on a loop of its own.
class Sender {
 public:
  explicit Sender(const BrokerConfig& broker, std::optional<Publication> will = std::nullopt)
      : publisher_(std::make_unique<MqttPublisher>(
            loop_, broker, MqttIdentity{"dmb-out", std::move(will)},
            MqttPublisher::Listener{.up = [this] { ++ups; },
                                    .down = [this](const MqttDown&) { ++downs; },
                                    .done = [this] { ++dones; }},
            kFast)) {}

  MqttPublisher& publisher() { return *publisher_; }
  void end() { publisher_.reset(); }

  /// Runs the loop until `reached`; false after half a minute.
  template <typename Condition>
  bool wait(Condition reached) {
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (!reached()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      constexpr std::uint64_t kTurnUsec = 10'000;
      sd_event_run(loop_.native(), kTurnUsec);
    }
    return true;
  }
  bool wait_up(int times = 1) {
    return wait([this, times] { return ups >= times; });
  }

  int ups = 0;
  int downs = 0;
  int dones = 0;

 private:
  Loop loop_;
  std::unique_ptr<MqttPublisher> publisher_;
};

class MqttPublishing : public testing::Test {
 protected:
  void SetUp() override { broker_.start(); }

  /// What the broker keeps of `topic`.
  std::vector<std::string> kept(const std::string& topic) const {
    // Its own retained message comes last, so that the others were there before it.
    broker_.publish({.topic = "zz/last", .payload = "x", .retain = true});
    Listener listener(at_port(broker_.port()), {{topic, "zz/last"}, {}});
    listener.wait([&] {
      return listener.count<MqttMessage>() > 0 &&
             listener.all<MqttMessage>().back().topic == "zz/last";
    });
    std::vector<std::string> found;
    for (const MqttMessage& message : listener.all<MqttMessage>())
      if (message.retained && message.topic != "zz/last") found.push_back(message.payload);
    return found;
  }

  Mosquitto broker_;
};

TEST_F(MqttPublishing, TellsWhoeverListensAndHasTheBrokerKeepWhatIsRetained) {
  const Watcher watcher(broker_, "t/#");
  Sender sender(at_port(broker_.port()));
  ASSERT_TRUE(sender.wait_up());
  sender.publisher().publish({"t/state", "1"});
  sender.publisher().publish({"t/config", "2", true});
  ASSERT_TRUE(sender.wait([&] { return watcher.lines().size() == 2; }));
  EXPECT_THAT(watcher.lines(), ElementsAre("t/state|1", "t/config|2"));
  EXPECT_THAT(kept("t/#"), ElementsAre("2"));
  EXPECT_TRUE(sender.wait([&] { return sender.dones > 0 && sender.publisher().is_done(); }));
  sender.publisher().publish({"t/config", "", true});
  ASSERT_TRUE(sender.wait([&] { return watcher.lines().size() == 3; }));
  EXPECT_THAT(kept("t/#"), IsEmpty());
}

TEST_F(MqttPublishing, HasTheBrokerTellItsWillWhenItVanishes) {
  const Watcher watcher(broker_, "t/#");
  Sender sender(at_port(broker_.port()), Publication{"t/status", "offline", true});
  ASSERT_TRUE(sender.wait_up());
  sender.publisher().publish({"t/status", "online", true});
  ASSERT_TRUE(sender.wait([&] { return watcher.lines().size() == 1; }));
  shut_down_connections_to(place("127.0.0.1", broker_.port()));  // as the end of a process does
  ASSERT_TRUE(sender.wait([&] { return watcher.lines().size() == 2; }));
  EXPECT_THAT(watcher.lines(), ElementsAre("t/status|online", "t/status|offline"));
  EXPECT_THAT(kept("t/status"), ElementsAre("offline"));
}

TEST_F(MqttPublishing, TellsItsWillItselfWhenItEnds) {
  Sender sender(at_port(broker_.port()), Publication{"t/status", "offline", true});
  ASSERT_TRUE(sender.wait_up());
  sender.publisher().publish({"t/status", "online", true});
  sender.end();
  EXPECT_NE(broker_.log().find("Client dmb-out disconnected"), std::string::npos);
  EXPECT_THAT(kept("t/status"), ElementsAre("offline"));
}

TEST_F(MqttPublishing, MayBeginToLeaveBeforeItEnds) {
  Sender sender(at_port(broker_.port()), Publication{"t/status", "offline", true});
  ASSERT_TRUE(sender.wait_up());
  sender.publisher().leave();
  sender.publisher().publish({"t/status", "late", true});
  ASSERT_TRUE(sender.wait(
      [&] { return broker_.log().find("Client dmb-out disconnected") != std::string::npos; }));
  sender.end();
  EXPECT_EQ(sender.downs, 0);
  EXPECT_THAT(kept("t/status"), ElementsAre("offline"));
}

TEST_F(MqttPublishing, KeepsNothingForAConnectionThatIsNotThere) {
  const Watcher watcher(broker_, "t/#");
  Sender sender(at_port(broker_.port()));
  sender.publisher().publish({"t/state", "before"});
  ASSERT_TRUE(sender.wait_up());
  shut_down_connections_to(place("127.0.0.1", broker_.port()));
  ASSERT_TRUE(sender.wait([&] { return sender.downs > 0; }));
  sender.publisher().publish({"t/state", "between"});
  ASSERT_TRUE(sender.wait_up(2));
  sender.publisher().publish({"t/state", "after"});
  ASSERT_TRUE(sender.wait([&] { return !watcher.lines().empty(); }));
  EXPECT_THAT(watcher.lines(), ElementsAre("t/state|after"));
}

/// The kernel's buffers hold some megabytes for a broker that reads nothing, and then Paho what is
/// under way.
TEST_F(MqttPublishing, KeepsTheNewestOnlyForABrokerThatReadsNothing) {
  constexpr int kMany = 60;
  const Watcher watcher(broker_, "t/#");
  Sender sender(at_port(broker_.port()));
  ASSERT_TRUE(sender.wait_up());
  broker_.suspend();
  const std::string ballast(std::size_t{256} * 1024, 'x');
  for (int i = 0; i < kMany; ++i) {
    sender.publisher().publish({"u/ballast", ballast});
    sender.publisher().publish({"t/count", std::to_string(i)});
    sender.wait([turns = 0]() mutable { return turns++ == 1; });
  }
  EXPECT_FALSE(sender.publisher().is_done());
  broker_.resume();
  ASSERT_TRUE(sender.wait([&] { return sender.publisher().is_done(); }));
  const std::string newest = "t/count|" + std::to_string(kMany - 1);
  const auto told = [&] { return watcher.lines(); };
  ASSERT_TRUE(sender.wait([&] { return !told().empty() && told().back() == newest; }));
  EXPECT_LT(told().size(), kMany / 2);
  EXPECT_EQ(sender.downs, 0);
}

TEST(MqttPublisher, ConnectsWhenTheBrokerStartsLater) {
  Mosquitto broker;
  Sender sender(at_port(broker.port()));
  ASSERT_TRUE(sender.wait([&] { return sender.downs > 0; }));
  broker.start();
  EXPECT_TRUE(sender.wait_up());
}

}  // namespace
}  // namespace dmb::test
