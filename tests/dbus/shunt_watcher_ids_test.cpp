// SPDX-License-Identifier: MIT
#include "../../src/dbus/shunt_ids.h"
#include "../support/log_capture.h"

#include <gtest/gtest.h>

namespace dmb::test {
namespace {

TEST(ShuntIds, AreSerialsElseServices) {
  ShuntIds ids;
  EXPECT_EQ(ids.id_of("a", "HQ1"), "HQ1");
  EXPECT_EQ(ids.id_of("b", ""), "b");
  ids.leave("a");
  EXPECT_EQ(ids.id_of("c", "HQ1"), "HQ1");
}

TEST(ShuntIds, StayWhenTheSerialComesLateChangesOrGoes) {
  ShuntIds ids;
  EXPECT_EQ(ids.id_of("a", ""), "a");
  EXPECT_EQ(ids.id_of("a", "HQ1"), "a");
  EXPECT_EQ(ids.id_of("a", "HQ2"), "a");
  EXPECT_EQ(ids.id_of("a", ""), "a");
}

TEST(ShuntIds, AreTheSameAfterAComebackHoweverTheSerialCame) {
  ShuntIds late_first;
  late_first.id_of("a", "");
  late_first.id_of("a", "HQ1");
  late_first.leave("a");
  EXPECT_EQ(late_first.id_of("b", "HQ1"), "a");

  ShuntIds late_afterwards;
  late_afterwards.id_of("a", "HQ1");
  late_afterwards.leave("a");
  EXPECT_EQ(late_afterwards.id_of("a", ""), "HQ1");
  EXPECT_EQ(late_afterwards.id_of("a", "HQ1"), "HQ1");
}

TEST(ShuntIds, TellAnotherShuntOnTheSameServiceFromTheOneBefore) {
  ShuntIds ids;
  ids.id_of("a", "HQ1");
  ids.leave("a");
  EXPECT_EQ(ids.id_of("a", "HQ2"), "HQ2");
}

TEST(ShuntIds, AreNeverTheSameForTwo) {
  LogCapture log;
  ShuntIds ids;
  EXPECT_EQ(ids.id_of("a", "HQ1"), "HQ1");
  EXPECT_EQ(ids.id_of("b", "HQ1"), "b");
  EXPECT_EQ(ids.id_of("b", "HQ1"), "b");
  EXPECT_EQ(log.count("counted twice"), 1U);
  ids.leave("a");
  EXPECT_EQ(ids.id_of("b", "HQ1"), "b") << "it has not become the other one";

  ids.id_of("c", "");
  ids.id_of("c", "HQ3");
  ids.leave("c");
  EXPECT_EQ(ids.id_of("d", "HQ3"), "c");
  EXPECT_EQ(ids.id_of("c", "HQ4"), "HQ4");
  ids.leave("c");
  EXPECT_EQ(ids.id_of("c", "HQ1"), "HQ1");
  ids.leave("c");
  EXPECT_EQ(ids.id_of("e", "HQ1"), "HQ1");
  EXPECT_EQ(ids.id_of("c", "HQ1"), "c+");
}

}  // namespace
}  // namespace dmb::test
