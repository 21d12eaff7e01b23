// SPDX-License-Identifier: MIT
#include "dmb/battery/refused_fields.h"

#include "dmb/battery/quantity.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

TEST(RefusedFields, AreToldUntilOneIsBetterOrTooOld) {
  RefusedFields refused;
  Reading first;
  first.set_bad(*find_quantity("/Soh"), "is nonsense");
  first.set_bad(*find_quantity("/Dc/0/Voltage"), "5223 is outside 0 … 1500");
  refused.note(first, Instant(100s));
  EXPECT_EQ(refused.texts(60s, Instant(159s)),
            (Texts{"Dc/0/Voltage 5223 is outside 0 … 1500", "Soh is nonsense"}));

  Reading second;
  second.set(*find_quantity("/Soh"), std::nullopt);
  second.set_bad(*find_quantity("/Dc/0/Voltage"), "5224 is outside 0 … 1500");
  refused.note(second, Instant(150s));
  EXPECT_EQ(refused.texts(60s, Instant(209s)), (Texts{"Dc/0/Voltage 5224 is outside 0 … 1500"}));
  EXPECT_TRUE(refused.texts(60s, Instant(210s)).empty());
  EXPECT_EQ(refused.texts(0s, Instant(9999s)).size(), 1u);
  refused.clear();
  EXPECT_TRUE(refused.texts(0s, Instant(210s)).empty());
}

}  // namespace
}  // namespace dmb
