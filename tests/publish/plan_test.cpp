// SPDX-License-Identifier: MIT
#include "dmb/publish/plan.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace dmb {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Json = nlohmann::json;

const PublishTopics kTopics("dbus-mqtt-battery", "gx", "homeassistant");
const PublishRules kRules{.interval = seconds(5), .homeassistant = true, .version = "0.1.0"};

ItemValues live_values() {
  ItemValues values;
  values.set(q("/Soc"), 63.0);
  values.set(q("/Dc/0/Voltage"), 52.7);
  values.set(q("/Info/MaxChargeCurrent"), 100.0);
  return values;
}

class PublishPlanTest : public testing::Test {
 protected:
  std::vector<OutMessage> update() {
    std::vector<PublishedBattery> batteries;
    for (const auto& [id, battery] : batteries_)
      batteries.push_back({.id = id,
                           .name = battery.name,
                           .present = battery.present,
                           .values = battery.values,
                           .about = [this] {
                             ++abouts_;
                             return std::string(R"({"life":"live"})");
                           }});
    return plan_.update(batteries, now_);
  }
  std::vector<OutMessage> after(milliseconds time) {
    now_ += time;
    return update();
  }
  std::vector<OutMessage> connect() {
    plan_.on_connected();
    return update();
  }

  static std::vector<std::string> topics_of(const std::vector<OutMessage>& messages) {
    std::vector<std::string> topics;
    for (const OutMessage& message : messages) topics.push_back(message.topic);
    return topics;
  }
  static const OutMessage* find(const std::vector<OutMessage>& messages, const std::string& topic) {
    const auto found = std::ranges::find(messages, topic, &OutMessage::topic);
    return found == messages.end() ? nullptr : &*found;
  }
  static bool announces(const std::vector<OutMessage>& messages, std::string_view component) {
    const OutMessage* message = find(messages, kTopics.discovery("house"));
    return message != nullptr && Json::parse(message->payload)["components"].contains(component);
  }

  struct Battery {
    std::string name;
    bool present = true;
    ItemValues values = live_values();
  };
  std::map<std::string, Battery> batteries_{{"house", {"House"}}};
  PublishPlan plan_{kTopics, kRules};
  Instant now_{};
  int abouts_ = 0;

  const std::string kState = kTopics.state("house");
  const std::string kDiscovery = kTopics.discovery("house");
  const std::string kAvailability = kTopics.availability("house");
};

TEST_F(PublishPlanTest, SaysNothingWithoutAConnection) {
  EXPECT_TRUE(update().empty());
  EXPECT_FALSE(plan_.next_due());
  connect();
  plan_.on_disconnected();
  EXPECT_TRUE(after(seconds(60)).empty());
  EXPECT_FALSE(plan_.next_due());
}

TEST_F(PublishPlanTest, TellsANewConnectionEverythingWhereValuesWillComeFirst) {
  const auto first = connect();
  EXPECT_EQ(topics_of(first), (std::vector{kTopics.status(), kDiscovery, kAvailability, kState}));
  now_ += seconds(1);
  EXPECT_EQ(topics_of(connect()), topics_of(first));
}

TEST_F(PublishPlanTest, LeavesNoStateOnTheBrokerThatSomebodyTakesForALiveOne) {
  const auto messages = connect();
  for (const OutMessage& message : messages)
    EXPECT_EQ(message.retained, message.topic != kState) << message.topic;
  EXPECT_EQ(find(messages, kTopics.status())->payload, "online");
  EXPECT_EQ(find(messages, kAvailability)->payload, "online");
  EXPECT_EQ(plan_.last_will(),
            (OutMessage{.topic = kTopics.status(), .payload = "offline", .retained = true}));
}

TEST_F(PublishPlanTest, SendsAStateEachIntervalWhateverChanges) {
  connect();
  EXPECT_EQ(plan_.next_due(), now_ + seconds(5));
  batteries_["house"].values.set(q("/Soc"), 64.0);
  EXPECT_TRUE(after(milliseconds(4999)).empty());
  EXPECT_EQ(abouts_, 1) << "what is not sent is not worked out";
  const auto messages = after(milliseconds(1));
  ASSERT_EQ(topics_of(messages), std::vector{kState});
  const Json state = Json::parse(messages.front().payload);
  EXPECT_EQ(state["Soc"], 64);
  EXPECT_EQ(state["About"]["life"], "live");
}

TEST_F(PublishPlanTest, SendsLimitsAndAlarmsAtOnceButNotInAFlood) {
  connect();
  now_ += seconds(1);
  batteries_["house"].values.set(q("/Info/MaxChargeCurrent"), 0.0);
  EXPECT_EQ(topics_of(update()), std::vector{kState});
  batteries_["house"].values.set(q("/Alarms/HighCellVoltage"), 2);
  EXPECT_TRUE(after(milliseconds(100)).empty());
  EXPECT_EQ(plan_.next_due(), now_ + milliseconds(150));
  const auto messages = after(milliseconds(150));
  ASSERT_EQ(topics_of(messages), std::vector{kState});
  EXPECT_EQ(Json::parse(messages.front().payload)["Alarms"]["HighCellVoltage"], 2);
  EXPECT_EQ(plan_.next_due(), now_ + seconds(5));
}

TEST_F(PublishPlanTest, TakesALimitThatIsUnknownForAnUrgentChange) {
  connect();
  batteries_["house"].values.set(q("/Info/MaxChargeCurrent"), std::nullopt);
  EXPECT_EQ(topics_of(after(seconds(1))), std::vector{kState});
}

TEST_F(PublishPlanTest, AnnouncesNewItemsTogether) {
  EXPECT_FALSE(announces(connect(), "Voltages_Cell1"));
  auto& values = batteries_["house"].values;
  values.set(q("/Voltages/Cell1"), 3.3);
  EXPECT_EQ(topics_of(after(seconds(5))), std::vector{kState});
  values.set(q("/Voltages/Cell2"), 3.3);
  const auto messages = after(seconds(5));
  EXPECT_TRUE(announces(messages, "Voltages_Cell1"));
  EXPECT_TRUE(announces(messages, "Voltages_Cell2"));
  EXPECT_TRUE(announces(messages, "Soc"));
  EXPECT_EQ(topics_of(after(seconds(5))), std::vector{kState}) << "once";
}

TEST_F(PublishPlanTest, KeepsAnnouncingWhatWasOnceKnown) {
  connect();
  batteries_["house"].values = ItemValues();
  batteries_["house"].values.set(q("/Dc/0/Power"), 1.0);
  const auto messages = connect();
  EXPECT_TRUE(announces(messages, "Soc"));
  EXPECT_TRUE(announces(messages, "Dc_0_Power"));
}

TEST_F(PublishPlanTest, SaysThatABatteryIsAwayAndSendsNoStateThen) {
  connect();
  batteries_["house"].present = false;
  auto messages = after(seconds(1));
  ASSERT_EQ(topics_of(messages), std::vector{kAvailability});
  EXPECT_EQ(messages.front().payload, "offline");
  EXPECT_TRUE(after(seconds(60)).empty());
  EXPECT_FALSE(plan_.next_due());
  batteries_["house"].present = true;
  messages = after(milliseconds(1));
  EXPECT_EQ(topics_of(messages), (std::vector{kAvailability, kState}));
}

TEST_F(PublishPlanTest, SendsTheStateOfABatteryThatComesBackAtOnce) {
  connect();
  batteries_["house"].present = false;
  after(seconds(1));
  batteries_["house"].present = true;
  EXPECT_EQ(topics_of(after(seconds(1))), (std::vector{kAvailability, kState}));
}

TEST_F(PublishPlanTest, RemembersABatteryThatIsThereAgainSoonAfterItsRemoval) {
  connect();
  const Battery house = batteries_["house"];
  batteries_.clear();
  after(seconds(1));
  batteries_["house"] = house;
  after(seconds(1));
  after(PublishPlan::kDelivered);
  EXPECT_EQ(removals(plan_.memory()).size(), 3U);
}

TEST_F(PublishPlanTest, DoesNotPassOnAFloodOfComingsAndGoings) {
  connect();
  std::size_t sent = 0;
  for (int i = 0; i < 1000; ++i) {
    batteries_["house"].present = i % 2 == 0;
    sent += after(milliseconds(1)).size();
  }
  EXPECT_LE(sent, 10U);
}

TEST_F(PublishPlanTest, IsSilentAboutABatteryThatWasNeverThereButForThat) {
  batteries_["house"].present = false;
  EXPECT_EQ(topics_of(connect()), (std::vector{kTopics.status(), kAvailability}));
}

TEST_F(PublishPlanTest, AnnouncesABatteryAtOnceUnderItsNewName) {
  connect();
  batteries_["house"].name = "Cellar";
  const auto messages = after(seconds(1));
  ASSERT_EQ(topics_of(messages), std::vector{kDiscovery});
  EXPECT_EQ(Json::parse(messages.front().payload)["dev"]["name"], "Cellar");
}

TEST_F(PublishPlanTest, RemovesABatteryThatIsNotThereAnyMore) {
  batteries_["shed"] = {"Shed"};
  connect();
  batteries_.erase("house");
  const auto messages = after(seconds(1));
  EXPECT_EQ(topics_of(messages), (std::vector{kAvailability, kDiscovery}));
  for (const OutMessage& message : messages) {
    EXPECT_EQ(message.payload, "");
    EXPECT_TRUE(message.retained);
  }
  EXPECT_FALSE(plan_.memory().announced.contains("house"));
  EXPECT_TRUE(after(seconds(1)).empty());
}

TEST_F(PublishPlanTest, RemovesOnceMoreWhatMayNotHaveArrived) {
  connect();
  batteries_.clear();
  after(seconds(1));
  plan_.on_disconnected();
  EXPECT_EQ(topics_of(connect()), (std::vector{kTopics.status(), kAvailability, kDiscovery}));
  EXPECT_TRUE(after(PublishPlan::kDelivered).empty());
  EXPECT_EQ(removals(plan_.memory()).size(), 1U);
  EXPECT_EQ(topics_of(connect()), std::vector{kTopics.status()});
}

TEST_F(PublishPlanTest, AfterARestartRemovesWhatIsNotWantedAnyMoreAndAnnouncesTheRestAsBefore) {
  batteries_["shed"] = {"Shed"};
  connect();
  batteries_.erase("shed");
  batteries_["house"].present = false;
  batteries_["house"].values = ItemValues();
  plan_ = PublishPlan(kTopics, kRules, plan_.memory());
  const auto messages = connect();
  EXPECT_EQ(topics_of(messages),
            (std::vector{kTopics.status(), kTopics.availability("shed"), kTopics.discovery("shed"),
                         kDiscovery, kAvailability}));
  EXPECT_TRUE(announces(messages, "Soc"));
}

TEST_F(PublishPlanTest, UnderAnotherClientRemovesAllOfTheOldOne) {
  connect();
  const PublishMemory before = plan_.memory();
  plan_ = PublishPlan(PublishTopics("dbus-mqtt-battery", "boat", "homeassistant"), kRules, before);
  const auto messages = connect();
  for (const std::string& topic : before.topics) {
    ASSERT_NE(find(messages, topic), nullptr) << topic;
    EXPECT_EQ(find(messages, topic)->payload, "");
  }
}

TEST_F(PublishPlanTest, WithoutHomeAssistantAnnouncesNothingAndRemovesWhatWasAnnounced) {
  connect();
  plan_ = PublishPlan(kTopics, {.homeassistant = false}, plan_.memory());
  const auto messages = connect();
  EXPECT_EQ(topics_of(messages),
            (std::vector{kTopics.status(), kDiscovery, kAvailability, kState}));
  EXPECT_EQ(find(messages, kDiscovery)->payload, "");
}

TEST_F(PublishPlanTest, LeavesNothingOnTheBrokerThatIsNotRemembered) {
  const auto sent = connect();
  const auto removed = removals(plan_.memory());
  for (const OutMessage& message : sent)
    EXPECT_EQ(find(removed, message.topic) != nullptr, message.retained) << message.topic;
  for (const OutMessage& message : removed)
    EXPECT_TRUE(message.retained && message.payload.empty());
}

}  // namespace
}  // namespace dmb
