// SPDX-License-Identifier: MIT
#include "dmb/device/topic_choice.h"

#include <gtest/gtest.h>

namespace dmb {
namespace {

using Verdict = TopicChoice::Verdict;

constexpr bool kLife = true;
constexpr bool kNoLife = false;
constexpr bool kAlive = true;
constexpr bool kSilent = false;

TEST(TopicChoice, IsTheTopicWhereThereIsButOne) {
  TopicChoice choice("home/battery");
  EXPECT_EQ(choice.topic(), "home/battery");
  EXPECT_TRUE(choice.is_ours("home/battery"));
  EXPECT_EQ(choice.judge("home/battery", kNoLife, kSilent), Verdict::ours);
}

TEST(TopicChoice, IsTheFirstOneHeardAndNoOtherWhileItLives) {
  TopicChoice choice("home/+/battery");
  EXPECT_FALSE(choice.is_ours("home/a/battery")) << "not known yet";
  EXPECT_EQ(choice.judge("home/a/battery", kLife, kSilent), Verdict::ours);
  EXPECT_EQ(choice.judge("home/b/battery", kLife, kAlive), Verdict::other);
  EXPECT_EQ(choice.judge("home/a/battery", kNoLife, kAlive), Verdict::ours);
  EXPECT_TRUE(choice.is_ours("home/a/battery"));
  EXPECT_FALSE(choice.is_ours("home/b/battery")) << "its end does not end ours";
  EXPECT_EQ(choice.others(), std::vector<std::string>{"home/b/battery"});
}

TEST(TopicChoice, GoesToTheNextOneHeardWhenItsOwnHasFallenSilent) {
  TopicChoice choice("#");
  choice.judge("a", kLife, kSilent);
  EXPECT_EQ(choice.judge("b", kNoLife, kSilent), Verdict::other) << "a stored message is no life";
  EXPECT_EQ(choice.judge("b", kLife, kSilent), Verdict::takes_over);
  EXPECT_EQ(choice.topic(), "b");
  EXPECT_EQ(choice.judge("a", kLife, kAlive), Verdict::other);
  EXPECT_EQ(choice.others(), std::vector<std::string>{"a"});
}

TEST(TopicChoice, PrefersOneThatLivesToAStoredMessage) {
  TopicChoice choice("#");
  EXPECT_EQ(choice.judge("stored", kNoLife, kSilent), Verdict::ours);
  EXPECT_EQ(choice.judge("stored too", kNoLife, kSilent), Verdict::other);
  EXPECT_EQ(choice.judge("living", kLife, kSilent), Verdict::takes_over);
  EXPECT_EQ(choice.judge("stored", kLife, kAlive), Verdict::other);
}

TEST(TopicChoice, RemembersAFewOthersOnly) {
  TopicChoice choice("#");
  choice.judge("a", kLife, kSilent);
  for (int i = 0; i < 1000; ++i) choice.judge("b" + std::to_string(i), kLife, kAlive);
  EXPECT_EQ(choice.others().size(), 8u);
}

}  // namespace
}  // namespace dmb
