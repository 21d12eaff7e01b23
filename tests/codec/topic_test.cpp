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

TEST(PortalIdOf, KnowsAVenusTopic) {
  EXPECT_EQ(portal_id_of("N/c0619ab12345/battery/1/JsonData"), "c0619ab12345");
  EXPECT_EQ(portal_id_of("N/c0619ab12345/#"), "c0619ab12345");
  for (const char* other : {"", "N", "N/", "N/c0619ab12345", "N/+/battery/1/JsonData", "N/#",
                            "n/c0619ab12345/battery", "home/N/c0619ab12345/x", "N//battery"})
    EXPECT_EQ(portal_id_of(other), std::nullopt) << other;
}

}  // namespace
}  // namespace dmb
