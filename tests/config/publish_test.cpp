// SPDX-License-Identifier: MIT
#include "support.h"

namespace dmb {
namespace {

using test::config_of;

std::string said(std::string_view text) {
  return test::all_of(parse_config(text).problems);
}

const std::string kOwnBroker = "[PUBLISH]\nbroker_address = other.local\n";

TEST(Publishing, IsOffWithoutItsSection) {
  EXPECT_FALSE(config_of(test::mqtt_config()).publish);
}

TEST(Publishing, NeedsNoMoreThanItsSection) {
  const auto config = parse_config(test::mqtt_config() + "[PUBLISH]\n", {}, "c0ffee").config;
  ASSERT_TRUE(config);
  EXPECT_EQ(config->publish, PublishConfig{.client = "c0ffee"});
}

TEST(Publishing, IsDoneAsTheSectionSays) {
  const Config config = config_of(test::mqtt_config() +
                                  "[Publish]\nhomeassistant = no\ntopic = home/batteries\n"
                                  "interval = 30\nclient = boat\ndiscovery_prefix = ha\n");
  EXPECT_EQ(config.publish, (PublishConfig{.homeassistant = false,
                                           .topic = "home/batteries",
                                           .client = "boat",
                                           .interval = std::chrono::seconds(30),
                                           .discovery_prefix = "ha"}));
}

/// A password of one broker must not go to another.
TEST(Publishing, ToABrokerOfItsOwnTakesNothingOverFromTheOther) {
  for (const char* section : {"[DEFAULT]\n", "[MQTT]\n"}) {
    const Config config =
        config_of(section +
                  std::string("username = me\npassword = secret\ntls_enabled = 1\n"
                              "tls_path_to_ca = /ca\nbroker_port = 1234\n") +
                  test::mqtt_config() + kOwnBroker);
    EXPECT_EQ(config.broker->password, "secret") << section;
    EXPECT_EQ(config.publish->own_broker, BrokerConfig{.address = "other.local"}) << section;
  }
}

TEST(Publishing, ToABrokerOfItsOwnHasAllItsKeys) {
  const Config config = config_of(test::mqtt_config() + kOwnBroker +
                                  "tls_enabled = 1\nusername = you\npassword = a;b # c\n"
                                  "tls_path_to_ca = /ca\ntls_path_to_cert = /cert\n"
                                  "tls_path_to_key = /key\n");
  EXPECT_EQ(config.publish->own_broker, (BrokerConfig{.address = "other.local",
                                                      .port = 8883,
                                                      .username = "you",
                                                      .password = "a;b # c",
                                                      .tls_enabled = true,
                                                      .tls_path_to_ca = "/ca",
                                                      .tls_path_to_cert = "/cert",
                                                      .tls_path_to_key = "/key"}));
}

TEST(Publishing, NeedsNoMqttBattery) {
  const Config config = config_of("[SMARTSHUNTS]\ndevice_mode = monitor\n" + kOwnBroker);
  EXPECT_FALSE(config.broker);
  EXPECT_TRUE(config.shunts);
  EXPECT_EQ(config.publish->own_broker, BrokerConfig{.address = "other.local"});
}

TEST(Publishing, WithoutAnyBrokerIsOffAndSaysSo) {
  const auto result = parse_config("[SMARTSHUNTS]\ndevice_mode = monitor\n[PUBLISH]\n");
  ASSERT_TRUE(result.config);
  EXPECT_FALSE(result.config->publish);
  EXPECT_EQ(test::all_of(test::warnings(result)),
            "config.ini:3: [PUBLISH] broker_address: nothing is published: no broker is set, "
            "neither here nor in [MQTT]; set it to the host name or IP address of the broker that "
            "is to get the values\n");
}

TEST(Publishing, IsNoSource) {
  EXPECT_FALSE(parse_config(kOwnBroker).config);
}

TEST(Publishing, WithKeysOfABrokerButNoAddressSaysThatTheyHaveNoEffect) {
  const auto result = parse_config(test::mqtt_config() + "[PUBLISH]\nusername = me\n");
  ASSERT_TRUE(result.config);
  EXPECT_EQ(result.config->publish, PublishConfig{});
  ASSERT_EQ(test::hints(result).size(), 1U);
  EXPECT_EQ(test::hints(result)[0].key, "username");
}

TEST(Publishing, ToABrokerThatCannotBeIsAnError) {
  for (const char* line : {"broker_address = a b", "broker_address = IP_ADDR_OR_FQDN",
                           "broker_address = b\ntls_enabled = some"}) {
    const auto result = parse_config(test::mqtt_config() + "[PUBLISH]\n" + line + "\n");
    EXPECT_FALSE(result.config) << line;
    ASSERT_EQ(test::errors(result).size(), 1U) << line << said(line);
    EXPECT_EQ(test::errors(result)[0].section, "PUBLISH") << line;
  }
}

TEST(Publishing, CannotTrustOneBrokerInTwoWays) {
  const std::string mqtt = test::mqtt_config("tls_enabled = 1\ntls_path_to_ca = /a");
  const std::string same = mqtt + "[PUBLISH]\nbroker_address = BROKER.local\ntls_enabled = 1\n";
  EXPECT_FALSE(parse_config(same + "tls_path_to_ca = /b\n").config);
  EXPECT_FALSE(parse_config(same + "tls_path_to_ca = /a\ntls_insecure = 1\n").config);
  EXPECT_TRUE(parse_config(same + "tls_path_to_ca = /a\n").config);
  EXPECT_TRUE(parse_config(same + "tls_path_to_ca = /b\nbroker_port = 1\n").config);
}

/// Of the daemon "boat", whose battery reads `topic` at the broker to which it publishes.
ConfigResult reading(const std::string& topic, const std::string& publish = "[PUBLISH]\n") {
  return parse_config("[MQTT]\nbroker_address = broker.local\ntopic = " + topic + "\n" + publish,
                      {}, "boat");
}

TEST(PublishLoops, AreErrors) {
  for (const char* topic :
       {"dbus-mqtt-battery/boat/mqtt_battery/state", "dbus-mqtt-battery/#",
        "dbus-mqtt-battery/+/x/state", "\"#\"", "+/boat/+/state", "dbus-mqtt-battery/boat",
        "homeassistant/#", "homeassistant/device/boat_x/config",
        "$share/g/dbus-mqtt-battery/boat/#"}) {
    const auto result = reading(topic);
    EXPECT_FALSE(result.config) << topic;
    ASSERT_EQ(test::errors(result).size(), 1U) << topic << test::all_of(result.problems);
    EXPECT_EQ(test::errors(result)[0].line, 3) << topic;
    EXPECT_TRUE(test::contains(test::errors(result)[0].message, "its own source")) << topic;
  }
}

TEST(PublishLoops, AreNoneWhereOthersPublish) {
  for (const char* topic :
       {"dbus-mqtt-battery/garage/mqtt_battery/state", "home/battery", "+/garage/#", "$SYS/#",
        "homeassistant/sensor/+/config", "dbus-mqtt-battery2/boat/state"}) {
    EXPECT_TRUE(reading(topic).config) << topic << test::all_of(reading(topic).problems);
  }
}

TEST(PublishLoops, AreNoneAtAnotherBroker) {
  const std::string own = "dbus-mqtt-battery/boat/#";
  EXPECT_TRUE(reading(own, "[PUBLISH]\nbroker_address = other.local\n").config);
  EXPECT_TRUE(reading(own, "[PUBLISH]\nbroker_address = broker.local\nbroker_port = 1\n").config);
  EXPECT_TRUE(reading(own, "[PUBLISH]\ntopic = other\n").config);
  EXPECT_TRUE(reading(own, "[PUBLISH]\nclient = other\n").config);
  EXPECT_FALSE(reading(own, "[PUBLISH]\nbroker_address = Broker.LOCAL\n").config);
  EXPECT_TRUE(parse_config("[MQTT]\nbroker_address = localhost\ntopic = a/b\n"
                           "[PUBLISH]\nbroker_address = 127.0.0.1\ntopic = b\n")
                  .config);
  EXPECT_FALSE(parse_config("[MQTT]\nbroker_address = localhost\ntopic = b/boat/c\n"
                            "[PUBLISH]\nbroker_address = 127.0.0.1\ntopic = b\nclient = boat\n")
                   .config);
}

TEST(PublishLoops, AreFoundInFurtherBatteriesAndInMaps) {
  const auto further = reading("a",
                               "[BATTERY Garage]\ndevice_instance = 101\n"
                               "topic = dbus-mqtt-battery/boat/a/state\n[PUBLISH]\n");
  ASSERT_EQ(test::errors(further).size(), 1U);
  EXPECT_EQ(test::errors(further)[0].line, 6);
  const auto map = reading("a",
                           "[MAP]\nSoc = b/soc\n"
                           "Dc/0/Voltage = dbus-mqtt-battery/boat/a/state#/Dc/0/Voltage\n"
                           "[PUBLISH]\n");
  ASSERT_EQ(test::errors(map).size(), 1U) << test::all_of(map.problems);
  EXPECT_EQ(test::errors(map)[0].section, "MQTT");
}

TEST(Publishing, NeverShowsItsPassword) {
  EXPECT_FALSE(
      test::contains(said(test::mqtt_config() + kOwnBroker + "password = hush%%\n"), "hush"));
}

}  // namespace
}  // namespace dmb
