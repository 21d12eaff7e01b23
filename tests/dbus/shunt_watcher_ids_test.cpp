// SPDX-License-Identifier: MIT
#include "sources/bus/shunt_ids.h"

#include <gtest/gtest.h>

namespace dmb::test {
namespace {

using Shunts = std::vector<ShuntIds::Shunt>;
using Texts = std::vector<std::string>;

TEST(ShuntIds, AreSerialsElseServices) {
  ShuntIds ids;
  EXPECT_EQ(ids.assign(Shunts{{"a", "HQ1"}, {"b", ""}}), (Texts{"HQ1", "b"}));
  EXPECT_EQ(ids.assign(Shunts{{"c", "HQ1"}}), Texts{"HQ1"}) << "on another port";
  EXPECT_EQ(ids.take_retired(), Texts{});
}

TEST(ShuntIds, OfAServiceStandInUntilTheSerialComes) {
  ShuntIds ids;
  EXPECT_EQ(ids.assign(Shunts{{"a", ""}}), Texts{"a"});
  EXPECT_EQ(ids.assign(Shunts{{"a", "HQ1"}}), Texts{"HQ1"});
  EXPECT_EQ(ids.take_retired(), Texts{"a"}) << "would be missed for ever";
  EXPECT_EQ(ids.assign(Shunts{{"a", "HQ1"}}), Texts{"HQ1"});
  EXPECT_EQ(ids.take_retired(), Texts{});
}

TEST(ShuntIds, StayWhenTheServiceComesBackWithoutItsSerial) {
  ShuntIds ids;
  ids.assign(Shunts{{"a", "HQ1"}});
  ids.assign(Shunts{});
  EXPECT_EQ(ids.assign(Shunts{{"a", ""}}), Texts{"HQ1"});
  EXPECT_EQ(ids.assign(Shunts{{"a", "HQ1"}}), Texts{"HQ1"});
  EXPECT_EQ(ids.take_retired(), Texts{});
}

TEST(ShuntIds, TellAnotherShuntOnTheSameServiceFromTheOneBeforeWhichIsMissed) {
  ShuntIds ids;
  ids.assign(Shunts{{"a", "HQ1"}});
  EXPECT_EQ(ids.assign(Shunts{{"a", ""}}), Texts{"HQ1"}) << "as far as anybody knows";
  EXPECT_EQ(ids.assign(Shunts{{"a", "HQ2"}}), Texts{"HQ2"});
  EXPECT_EQ(ids.take_retired(), Texts{});
}

TEST(ShuntIds, NeverMakeTwoOfOneThatMovedAndOneThatHasNoSerialYet) {
  ShuntIds ids;
  ids.assign(Shunts{{"a", "HQ1"}});
  EXPECT_EQ(ids.assign(Shunts{{"a", ""}, {"b", "HQ1"}}), (Texts{"a", "HQ1"}));
}

TEST(ShuntIds, OfAServiceRetireWhenItsShuntTurnsOutToBeAnotherServices) {
  ShuntIds ids;
  EXPECT_EQ(ids.assign(Shunts{{"a", ""}, {"b", "HQ1"}}), (Texts{"a", "HQ1"}));
  EXPECT_EQ(ids.assign(Shunts{{"a", "HQ1", true}, {"b", "HQ1"}})[1], "HQ1");
  EXPECT_EQ(ids.take_retired(), Texts{"a"});
}

TEST(ShuntIds, KnowWhatAShuntMayHaveCountedAs) {
  ShuntIds ids;
  EXPECT_EQ(ids.known_as("a", "HQ1"), (Texts{"a", "HQ1"}));
  ids.assign(Shunts{{"a", "HQ1"}});
  EXPECT_EQ(ids.known_as("a", ""), (Texts{"a", "HQ1"}));
}

}  // namespace
}  // namespace dmb::test
