// SPDX-License-Identifier: MIT
#include "../support/log_capture.h"
#include "../support/mosquitto.h"
#include "blocker.h"
#include "fake_server.h"
#include "listener.h"

#include <gmock/gmock.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>
#include <thread>
#include <tuple>

namespace dmb::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using namespace std::chrono_literals;

TEST(MqttConnection, WaitsForABrokerThatStartsLater) {
  Mosquitto broker;
  Listener listener(at_port(broker.port()));
  EXPECT_THAT(listener.first_reason(), StartsWith("connection refused: is the broker running at "
                                                  "127.0.0.1:"));
  EXPECT_EQ(listener.first_trouble(), BrokerTrouble::refused);
  EXPECT_EQ(listener.count<MqttUp>(), 0U);
  broker.start();
  EXPECT_TRUE(listener.wait_up());
}

TEST(MqttConnection, WaitsLongerAfterEveryFailure) {
  Listener listener(at_port(free_port()));
  ASSERT_TRUE(listener.wait([&] { return listener.count<MqttDown>() >= 6; }));
  const auto downs = listener.times<MqttDown>();
  const std::vector<std::chrono::milliseconds> waits = {20ms, 40ms, 80ms, 100ms, 100ms};
  for (std::size_t i = 0; i < waits.size(); ++i) EXPECT_GE(downs[i + 1] - downs[i], waits[i]) << i;
}

/// Without a hurry the last of them would come after more than half a minute.
TEST(MqttConnection, HurriesWhileSomebodyLivesOnWhatCameBefore) {
  MqttTiming timing = kFast;
  timing.longest_retry = 1h;
  timing.urgent_retry = 100ms;
  Listener listener(at_port(free_port()), {{"t/#"}, {}}, timing);
  listener.source().hurry_while([] { return true; });
  EXPECT_TRUE(listener.wait([&] { return listener.count<MqttDown>() >= 13; }));
}

TEST(MqttConnection, SubscribesAnewAfterTheBrokerWasKilled) {
  Mosquitto broker;
  broker.start();
  Listener listener(at_port(broker.port()));
  ASSERT_TRUE(listener.wait_up());
  broker.kill();
  EXPECT_EQ(listener.first_reason(), "connection lost");
  EXPECT_EQ(listener.first_trouble(), BrokerTrouble::lost);
  broker.start();
  ASSERT_TRUE(listener.wait_up(2));
  // Retained, so that it counts whether it comes before or after the subscription.
  broker.publish({.topic = "t/after", .payload = "back", .retain = true});
  EXPECT_TRUE(listener.wait([&] { return listener.count<MqttMessage>() == 1; }));
}

TEST(MqttConnection, NoticesABrokerThatKeepsTheConnectionButNoLongerAnswers) {
  Mosquitto broker;
  broker.start();
  MqttTiming timing = kFast;
  timing.keepalive = 1s;
  timing.connect_timeout = 2s;
  Listener listener(at_port(broker.port()), {{"t/#"}, {}}, timing);
  ASSERT_TRUE(listener.wait_up());
  broker.suspend();
  EXPECT_EQ(listener.first_reason(), "connection lost");
  broker.resume();
  EXPECT_TRUE(listener.wait_up(2));
}

/// As Paho does after the wall clock was set back: an attempt under way then never ends.
TEST(MqttConnection, GivesUpAnAttemptThatPahoDoesNotEnd) {
  Mosquitto broker;
  broker.start();
  broker.suspend();
  MqttTiming timing = kFast;
  timing.connect_timeout = 30s;
  timing.hang_grace = -28s;
  Listener listener(at_port(broker.port()), {{"t/#"}, {}}, timing);
  ASSERT_TRUE(listener.wait([&] { return listener.count<MqttDown>() >= 2; }));
  EXPECT_THAT(listener.first_reason(), StartsWith("no answer within 30 s"));
  broker.resume();
  ASSERT_TRUE(listener.wait_up());
  broker.publish({.topic = "t/after", .payload = "back", .retain = true});
  EXPECT_TRUE(listener.wait([&] { return listener.count<MqttMessage>() == 1; }));
}

/// Whatever Paho does under the lock of its API, no turn of the loop may wait for its end.
TEST(MqttConnection, NeverHoldsTheLoopUpWhilePahoHangs) {
  Mosquitto broker;
  broker.start();
  MqttTiming timing = kFast;
  timing.connect_timeout = 30s;
  timing.hang_grace = -28s;  // Paho may look at its sockets once a second only
  Listener connected(at_port(broker.port()), {{"t/#"}, {"R/abc/keepalive"}}, timing);
  ASSERT_TRUE(connected.wait_up());
  Blocker blocker(broker.port());
  blocker.block(broker);
  // It would hang for ever where somebody waits for it.
  std::thread rescue([&] {
    std::this_thread::sleep_for(7s);
    blocker.release();
  });
  Listener connecting(at_port(broker.port()), {{"t/#"}, {}}, timing);
  const auto attempts_given_up = [&] { return connecting.count<MqttDown>() >= 2; };
  EXPECT_TRUE(connecting.wait(attempts_given_up));
  connected.source().set_interest(
      {{"u/#"}, {"R/def/keepalive"}});  // with a keepalive that is due all the time
  EXPECT_TRUE(connected.wait([&, turns = 0]() mutable { return ++turns > 50; }));
  EXPECT_LT(connecting.longest_turn(), 1s);
  EXPECT_LT(connected.longest_turn(), 1s);
  rescue.join();
  EXPECT_TRUE(connecting.wait_up());
  broker.publish({.topic = "t/after", .payload = "back", .retain = true});
  EXPECT_TRUE(connecting.wait([&] { return connecting.count<MqttMessage>() == 1; }));
}

TEST(MqttConnection, DoesNotHastenBackToABrokerThatDropsItAtOnce) {
  MqttTiming timing = kFast;
  timing.lasting_connection = 1h;
  Mosquitto broker;
  broker.start();
  Listener listener(at_port(broker.port()), {{"t/#"}, {}}, timing);
  Listener same_client_id(at_port(broker.port()), {{"t/#"}, {}}, timing);
  ASSERT_TRUE(listener.wait_up());
  for (std::size_t i = 1; i <= 2; ++i) {
    ASSERT_TRUE(same_client_id.wait_up(i));
    ASSERT_TRUE(listener.wait([&] { return listener.count<MqttDown>() >= i; }));
    ASSERT_TRUE(listener.wait_up(i + 1));
  }
  const auto downs = listener.all<MqttDown>();
  EXPECT_THAT(downs[0].reason, HasSubstr("same client id"));
  EXPECT_EQ(downs[0].trouble, BrokerTrouble::dropped);
  for (std::size_t i = 0; i < 2; ++i)
    EXPECT_GE(listener.times<MqttUp>()[i + 1] - listener.times<MqttDown>()[i], (i + 1) * 20ms);
}

TEST(MqttConnection, SaysThatThePasswordIsWrongNotThatTheConnectionIsLost) {
  Mosquitto broker({.username = "me", .password = "right", .tls = {}, .client_ca = {}});
  broker.start();
  for (const auto& [name, password] : std::vector<std::pair<std::string, std::string>>{
           {"me", "wrong-secret"}, {"you", "right"}, {"me", ""}, {"", ""}}) {
    BrokerConfig config = at_port(broker.port());
    config.username = name;
    if (!password.empty()) config.password = password;
    const auto [trouble, reason] = Listener(config).first_failure();
    EXPECT_EQ(trouble, BrokerTrouble::login) << name;
    EXPECT_THAT(reason, StartsWith("wrong user name or password")) << name;
    EXPECT_THAT(reason, testing::Not(HasSubstr("secret")));
  }
  BrokerConfig config = at_port(broker.port());
  config.username = "me";
  config.password = "right";
  EXPECT_TRUE(Listener(config).wait_up());
}

TEST(MqttConnection, SaysThatTheNameIsNotFound) {
  BrokerConfig config = at_port(1883);
  config.address = "no-such-host.invalid";
  const MqttDown down = Listener(config).first_failure();
  EXPECT_THAT(down.reason, StartsWith("host name not found: no-such-host.invalid"));
  EXPECT_EQ(down.trouble, BrokerTrouble::name_not_found);
}

TEST(MqttConnection, LooksNamesUp) {
  Mosquitto broker;
  broker.start();
  BrokerConfig config = at_port(broker.port());
  config.address = "localhost";
  EXPECT_TRUE(Listener(config).wait_up());
}

TEST(MqttConnection, SaysThatNobodyAnswers) {
  const SilentServer server;
  MqttTiming timing = kFast;
  timing.connect_timeout = 1s;
  Listener listener(at_port(server.port()), {{"t/#"}, {}}, timing);
  EXPECT_THAT(listener.first_reason(), StartsWith("no answer within 1 s from 127.0.0.1:"));
  EXPECT_EQ(listener.first_trouble(), BrokerTrouble::no_answer);
}

TEST(MqttConnection, SaysThatThisIsNoBroker) {
  const ScriptedServer server({"HTTP/1.1 400 Bad Request\r\n\r\n"});
  MqttTiming timing = kFast;
  timing.connect_timeout = 1s;
  const std::string reason = Listener(at_port(server.port()), {{"t/#"}, {}}, timing).first_reason();
  EXPECT_THAT(reason, HasSubstr("check broker_")) << reason;
}

TEST(MqttConnection, TellsOfASubscriptionTheBrokerRefuses) {
  const LogCapture log;
  const std::string connack("\x20\x02\x00\x00", 4);
  const std::string first_suback_refused("\x90\x03\x00\x01\x80", 5);
  const ScriptedServer server({connack, first_suback_refused});
  Listener listener(at_port(server.port()), {{"secret/topic"}, {}});
  ASSERT_TRUE(listener.wait_up());
  EXPECT_TRUE(listener.wait([&] { return !log.lines().empty(); }));
  EXPECT_THAT(log.lines(),
              ElementsAre(AllOf(StartsWith("warning "),
                                HasSubstr("refuses the subscription to secret/topic"))));
  EXPECT_EQ(listener.count<MqttDown>(), 0U);
  ASSERT_EQ(listener.count<MqttRefusals>(), 1U);
  EXPECT_THAT(listener.all<MqttRefusals>()[0].filters, ElementsAre("secret/topic"));
}

TEST(MqttConnection, AsksForQosZeroOnly) {
  Mosquitto broker;
  broker.start();
  Listener listener(at_port(broker.port()), {{"t/battery"}, {}});
  const std::string line = "dmb-test 0 t/battery";  // client, QoS, topic
  EXPECT_TRUE(listener.wait([&] { return broker.log().find(line) != std::string::npos; }));
}

TEST(MqttConnection, RefusesAClientIdThatIsNotUtf8) {
  Loop loop;
  EXPECT_THROW(MqttSource(loop, at_port(1), "\xff", {}, [](auto) {}), std::exception);
}

}  // namespace
}  // namespace dmb::test
