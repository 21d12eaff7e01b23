// SPDX-License-Identifier: MIT
#include "dmb/publish/topics.h"

#include "dmb/codec/topic.h"
#include "dmb/publish/plan.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace dmb {
namespace {

const PublishTopics kTopics("dbus-mqtt-battery", "c0619ab12345", "homeassistant");

TEST(TopicsOfPublishing, StandBelowTheBaseAndTheClient) {
  EXPECT_EQ(kTopics.status(), "dbus-mqtt-battery/c0619ab12345/status");
  EXPECT_EQ(kTopics.state("mqtt_battery"), "dbus-mqtt-battery/c0619ab12345/mqtt_battery/state");
  EXPECT_EQ(kTopics.availability("mqtt_battery"),
            "dbus-mqtt-battery/c0619ab12345/mqtt_battery/availability");
}

TEST(TopicsOfPublishing, AnnounceADeviceWhereHomeAssistantLooksForOne) {
  EXPECT_EQ(kTopics.discovery("mqtt_battery"),
            "homeassistant/device/c0619ab12345_mqtt_battery/config");
}

TEST(TopicsOfPublishing, KeepBatteriesApartWhoseIdsDifferInADot) {
  EXPECT_NE(kTopics.state("pack.1"), kTopics.state("pack_1"));
  EXPECT_EQ(kTopics.discovery("pack.1"), "homeassistant/device/c0619ab12345_pack_1/config");
}

TEST(TopicsOfPublishing, HoldNothingThatABrokerOrHomeAssistantTakesForSomethingElse) {
  const PublishTopics topics("base", "My boat/+#\xC3\xA4", "homeassistant");
  EXPECT_EQ(topics.client(), "My_boat_____");
  EXPECT_EQ(topics.status(), "base/My_boat_____/status");
}

TEST(TopicsOfPublishing, AreAllFoundByTheirFilters) {
  for (const std::string& topic :
       {kTopics.status(), kTopics.state("a"), kTopics.availability("a"), kTopics.discovery("a")})
    EXPECT_TRUE(std::ranges::any_of(kTopics.filters(), [&](const std::string& filter) {
      return topic_matches(filter, topic);
    })) << topic;
}

TEST(TopicsOfPublishing, OfAnotherClientAreNotAmongThem) {
  const PublishTopics others("dbus-mqtt-battery", "c0619ab12346", "homeassistant");
  for (const std::string& filter : kTopics.filters())
    EXPECT_FALSE(topic_matches(filter, others.state("mqtt_battery")));
}

}  // namespace
}  // namespace dmb
