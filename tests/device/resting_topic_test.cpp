// SPDX-License-Identifier: MIT
#include "dmb/device/resting_topic.h"

#include <gtest/gtest.h>

namespace dmb {
namespace {

using namespace std::chrono_literals;

constexpr Instant at(std::chrono::seconds when) {
  return Instant(when);
}

/// Heartbeats every 3 s, and when the question was asked meanwhile.
std::vector<std::chrono::seconds> questions(RestingTopic& topic, std::chrono::seconds from,
                                            std::chrono::seconds to) {
  std::vector<std::chrono::seconds> asked;
  for (auto now = from; now <= to; now += 1s) {
    if ((now - from).count() % 3 == 0) topic.heartbeat(at(now));
    const auto due = topic.question_due();
    if (!due || *due > at(now)) continue;
    topic.asked(at(now));
    asked.push_back(now);
  }
  return asked;
}

TEST(RestingTopic, MakesHeartbeatsCountOnlyOnceItWasHeardUsableOnThisConnection) {
  RestingTopic topic(60s);
  EXPECT_FALSE(topic.heartbeat(at(1s)));
  topic.usable();
  EXPECT_TRUE(topic.heartbeat(at(4s)));
  topic.not_usable();
  EXPECT_FALSE(topic.heartbeat(at(7s)));
  topic.usable();
  topic.connected();
  EXPECT_FALSE(topic.heartbeat(at(10s)));
}

TEST(RestingTopic, IsAskedForEveryTenSecondsUntilTheTimeOutIsOver) {
  RestingTopic topic(35s);
  EXPECT_EQ(topic.question_due(), std::nullopt) << "nobody there to ask";
  EXPECT_EQ(questions(topic, 100s, 500s), (std::vector{100s, 110s, 120s, 130s}));
  topic.connected();
  EXPECT_EQ(questions(topic, 501s, 506s), (std::vector{501s})) << "on each connection anew";
}

TEST(RestingTopic, IsAskedForForAMinuteWhereSilenceNeverEndsALife) {
  RestingTopic topic(0s);
  EXPECT_EQ(questions(topic, 0s, 500s).size(), 6u);
}

TEST(RestingTopic, IsAskedForOnceWhenTheTimeOutIsShort) {
  RestingTopic topic(2s);
  EXPECT_EQ(questions(topic, 0s, 500s), (std::vector{0s}));
}

TEST(RestingTopic, IsNotAskedForAfterAnAnswer) {
  RestingTopic topic(60s);
  topic.heartbeat(at(1s));
  topic.asked(at(1s));
  topic.usable();
  EXPECT_TRUE(questions(topic, 2s, 100s).empty());
}

TEST(RestingTopic, IsAskedForAgainWhenItsAnswerIsNotUsableButNotForEver) {
  RestingTopic topic(30s);
  topic.usable();
  std::size_t asked = 0;
  for (auto now = 100s; now < 400s; now += 3s) {
    topic.not_usable();  // the driver that lost its battery goes on
    asked += questions(topic, now, now).size();
  }
  EXPECT_EQ(asked, 3u);
}

TEST(RestingTopic, IsAskedForAtOnceInANewWindowWhateverWasAskedBefore) {
  for (const auto timeout : {2s, 10s, 60s}) {
    RestingTopic topic(timeout);
    topic.heartbeat(at(100s));
    topic.asked(at(100s));
    topic.usable();
    topic.heartbeat(at(103s));
    topic.not_usable();
    EXPECT_EQ(questions(topic, 106s, 107s), (std::vector{106s})) << timeout.count();
  }
}

TEST(RestingTopic, IsNotAskedForMoreOftenByAnswersThatAreNotUsable) {
  RestingTopic topic(60s);
  std::size_t asked = 0;
  for (auto now = 100s; now < 130s; now += 1s) {
    asked += questions(topic, now, now).size();
    topic.not_usable();
  }
  EXPECT_EQ(asked, 3u);
}

TEST(RestingTopic, IsAskedForAnewAfterTheBrokerStoodStill) {
  RestingTopic topic(30s);
  topic.usable();
  topic.heartbeat(at(10s));
  topic.not_usable();  // the life ended in silence
  EXPECT_EQ(questions(topic, 100s, 200s).size(), 3u);
  EXPECT_EQ(questions(topic, 300s, 400s).size(), 3u) << "a pause in the heartbeats";
}

TEST(RestingTopic, IsNotAskedForWhileNoHeartbeatComes) {
  RestingTopic topic(600s);
  topic.heartbeat(at(1s));
  topic.asked(at(1s));
  EXPECT_EQ(topic.question_due(), at(11s));
  topic.asked(at(11s));
  EXPECT_EQ(topic.question_due(), std::nullopt);
}

TEST(RestingTopic, IsNotAskedForWhenTheDeviceIsGone) {
  RestingTopic topic(60s);
  topic.usable();
  topic.gone();
  EXPECT_FALSE(topic.heartbeat(at(4s)));
  EXPECT_TRUE(questions(topic, 5s, 100s).empty());
  topic.connected();
  EXPECT_FALSE(questions(topic, 101s, 110s).empty());
}

}  // namespace
}  // namespace dmb
