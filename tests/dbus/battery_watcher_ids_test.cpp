// SPDX-License-Identifier: MIT
#include "sources/bus/member_ids.h"

#include <gtest/gtest.h>

namespace dmb::test {
namespace {

using Members = std::vector<MemberIds::Member>;
using Texts = std::vector<std::string>;

TEST(MemberIds, AreSerialsElseServices) {
  MemberIds ids;
  EXPECT_EQ(ids.assign(Members{{"a", "HQ1"}, {"b", ""}}), (Texts{"HQ1", "b"}));
  EXPECT_EQ(ids.assign(Members{{"c", "HQ1"}}), Texts{"HQ1"}) << "on another port";
  EXPECT_EQ(ids.take_retired(), Texts{});
}

TEST(MemberIds, OfAServiceStandInUntilTheSerialComes) {
  MemberIds ids;
  EXPECT_EQ(ids.assign(Members{{"a", ""}}), Texts{"a"});
  EXPECT_EQ(ids.assign(Members{{"a", "HQ1"}}), Texts{"HQ1"});
  EXPECT_EQ(ids.take_retired(), Texts{"a"}) << "would be missed for ever";
  EXPECT_EQ(ids.assign(Members{{"a", "HQ1"}}), Texts{"HQ1"});
  EXPECT_EQ(ids.take_retired(), Texts{});
}

TEST(MemberIds, StayWhenTheServiceComesBackWithoutItsSerial) {
  MemberIds ids;
  ids.assign(Members{{"a", "HQ1"}});
  ids.assign(Members{});
  EXPECT_EQ(ids.assign(Members{{"a", ""}}), Texts{"HQ1"});
  EXPECT_EQ(ids.assign(Members{{"a", "HQ1"}}), Texts{"HQ1"});
  EXPECT_EQ(ids.take_retired(), Texts{});
}

TEST(MemberIds, TellAnotherShuntOnTheSameServiceFromTheOneBeforeWhichIsMissed) {
  MemberIds ids;
  ids.assign(Members{{"a", "HQ1"}});
  EXPECT_EQ(ids.assign(Members{{"a", ""}}), Texts{"HQ1"}) << "as far as anybody knows";
  EXPECT_EQ(ids.assign(Members{{"a", "HQ2"}}), Texts{"HQ2"});
  EXPECT_EQ(ids.take_retired(), Texts{});
}

TEST(MemberIds, NeverMakeTwoOfOneThatMovedAndOneThatHasNoSerialYet) {
  MemberIds ids;
  ids.assign(Members{{"a", "HQ1"}});
  EXPECT_EQ(ids.assign(Members{{"a", ""}, {"b", "HQ1"}}), (Texts{"a", "HQ1"}));
}

TEST(MemberIds, OfAServiceRetireWhenItsShuntTurnsOutToBeAnotherServices) {
  MemberIds ids;
  EXPECT_EQ(ids.assign(Members{{"a", ""}, {"b", "HQ1"}}), (Texts{"a", "HQ1"}));
  EXPECT_EQ(ids.assign(Members{{"a", "HQ1", true}, {"b", "HQ1"}})[1], "HQ1");
  EXPECT_EQ(ids.take_retired(), Texts{"a"});
}

TEST(MemberIds, KnowWhatAShuntMayHaveCountedAs) {
  MemberIds ids;
  EXPECT_EQ(ids.known_as("a", "HQ1"), (Texts{"a", "HQ1"}));
  ids.assign(Members{{"a", "HQ1"}});
  EXPECT_EQ(ids.known_as("a", ""), (Texts{"a", "HQ1"}));
}

}  // namespace
}  // namespace dmb::test
