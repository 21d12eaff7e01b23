// SPDX-License-Identifier: MIT
#include "dmb/bank/bank.h"

#include "../support/shunt_samples.h"

#include <gtest/gtest.h>

#include <optional>

namespace dmb {
namespace {

MemberSnapshot member(const char* id, double soc, double capacity_ah) {
  return shunt(id, {{"/Dc/0/Voltage", 52}, {"/Dc/0/Current", 0}, {"/Soc", soc}, {"/Connected", 1}},
               capacity_ah);
}

TEST(Bank, HasNoCapacityOnceAMembersIsNotKnownAnyMore) {
  const MemberQuantity installed = q("/InstalledCapacity");
  Bank bank({});
  bank.replace({member("a", 90, 100), member("b", 50, 300)}, Instant());
  ASSERT_EQ(bank.aggregate(Instant()).values[installed], 400);
  ASSERT_EQ(bank.aggregate(Instant()).values[q("/Soc")], 60);
  const MemberValues values = bank.all()[1].values;  // nothing else changes
  bank.set(1, values, std::nullopt, {}, Instant());
  EXPECT_EQ(bank.aggregate(Instant()).values[installed], std::nullopt);
  EXPECT_EQ(bank.aggregate(Instant()).capacity_ah, std::nullopt);
  EXPECT_EQ(bank.aggregate(Instant()).values[q("/Soc")], 70);  // both weigh the same now
  bank.set(1, values, 300, {}, Instant());
  EXPECT_EQ(bank.aggregate(Instant()).values[installed], 400);
}

}  // namespace
}  // namespace dmb
