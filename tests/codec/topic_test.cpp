// SPDX-License-Identifier: MIT
#include "dmb/codec/topic.h"

#include <gtest/gtest.h>

#include <vector>

namespace dmb {
namespace {

TEST(TopicMatches, FollowsTheMqttRules) {
  struct Case {
    const char *filter, *topic;
    bool want;
  };
  const std::vector<Case> cases{
      {"battery", "battery", true},
      {"battery", "battery/1", false},
      {"battery/1", "battery", false},
      {"battery", "Battery", false},
      {"a/b/c", "a/b/c", true},
      {"a/b/c", "a/b/d", false},
      {"a/+/c", "a/b/c", true},
      {"a/+/c", "a/b/b/c", false},
      {"a/+", "a", false},
      {"a/+", "a/", true},
      {"+/+", "/a", true},
      {"+", "/a", false},
      {"#", "a/b/c", true},
      {"a/#", "a/b/c", true},
      {"a/#", "a", true},
      {"a/#", "ab", false},
      {"a/#", "b", false},
      {"+/b/#", "a/b/c/d", true},
      {"a/", "a/", true},
      {"a/", "a", false},
      {"a", "a/", false},
      {"/a", "a", false},
      {"#", "$SYS/uptime", false},
      {"+/uptime", "$SYS/uptime", false},
      {"$SYS/#", "$SYS/uptime", true},
      {"", "", true},
      {"a//b", "a//b", true},
      {"a/+/b", "a//b", true},
  };
  for (const Case& c : cases)
    EXPECT_EQ(topic_matches(c.filter, c.topic), c.want) << c.filter << " | " << c.topic;
}

TEST(Filters, OverlapWhereATopicBelongsToBoth) {
  struct Case {
    const char *a, *b;
    bool want;
  };
  for (const Case& c : std::vector<Case>{{"a/b", "a/b", true},
                                         {"a/b", "a/c", false},
                                         {"a/b", "a", false},
                                         {"a/+", "+/b", true},
                                         {"a/+/c", "a/b", false},
                                         {"a/#", "a", true},
                                         {"a/#", "+/b/c", true},
                                         {"a/#", "b/#", false},
                                         {"#", "a/b", true},
                                         {"#", "$SYS/a", false},
                                         {"$SYS/#", "$SYS/+", true},
                                         {"$share/g/a/#", "a/b", true},
                                         {"$share/g/a", "$share/h/b", false},
                                         {"a/+/+", "a/+", false}}) {
    EXPECT_EQ(filters_overlap(c.a, c.b), c.want) << c.a << " | " << c.b;
    EXPECT_EQ(filters_overlap(c.b, c.a), c.want) << c.b << " | " << c.a;
  }
}

TEST(VenusTopic, IsKnownWithItsHeartbeatKeepaliveAndQuestion) {
  const auto venus = venus_topic_of("N/c0619ab12345/battery/1/JsonData");
  ASSERT_TRUE(venus);
  EXPECT_EQ(venus->heartbeat(), "N/c0619ab12345/heartbeat");
  EXPECT_EQ(venus->keepalive(), "R/c0619ab12345/keepalive");
  EXPECT_EQ(venus->question(), "R/c0619ab12345/battery/1/JsonData");
  EXPECT_TRUE(venus_topic_of("N/c0619ab12345/#"));
  for (const char* other :
       {"", "N", "N/", "N/c0619ab12345", "N/+/battery/1/JsonData", "N/#", "n/c0619ab12345/battery",
        "N//battery", "home/battery", "home/N/x", "+/N/c0619ab12345/battery", "#"})
    EXPECT_FALSE(venus_topic_of(other)) << other;
}

TEST(VenusTopic, IsKnownBehindThePrefixOfABridge) {
  const auto venus = venus_topic_of("boat/gx/N/c0619ab12345/battery/1/JsonData");
  ASSERT_TRUE(venus);
  EXPECT_EQ(venus->heartbeat(), "boat/gx/N/c0619ab12345/heartbeat");
  EXPECT_EQ(venus->keepalive(), "boat/gx/R/c0619ab12345/keepalive");
  EXPECT_EQ(venus->question(), "boat/gx/R/c0619ab12345/battery/1/JsonData");
  EXPECT_EQ(venus_topic_of("/N/id/x")->heartbeat(), "/N/id/heartbeat");
}

}  // namespace
}  // namespace dmb
