// SPDX-License-Identifier: MIT
#include "dmb/control/member_share.h"

#include <gtest/gtest.h>

namespace dmb {
namespace {

using namespace std::chrono_literals;

TEST(MemberShare, IsThePartOfTheCapacityWhileNothingIsMeasured) {
  MemberShare share;
  EXPECT_EQ(share.value(), 1);
  share.update(0.25, std::nullopt, Instant(0s));
  EXPECT_EQ(share.value(), 0.25);
}

TEST(MemberShare, FollowsWhatIsMeasuredWithinAMinuteAndItsBounds) {
  MemberShare share;
  share.update(0.4, 0.6, Instant(0s));
  EXPECT_EQ(share.value(), 0.4);
  share.update(0.4, 0.6, Instant(60s));
  EXPECT_NEAR(share.value(), 0.4 + 0.2 * 0.632, 0.01);
  share.update(0.4, 1, Instant(20min));
  EXPECT_NEAR(share.value(), 0.8, 1e-9) << "at most twice";
  share.update(0.4, 0, Instant(60min));
  EXPECT_NEAR(share.value(), 0.2, 0.011) << "at least half";
  share.update(0.8, 1, Instant(90min));
  EXPECT_EQ(share.value(), 1);
  share.update(0.8, std::nullopt, Instant(91min));
  EXPECT_EQ(share.value(), 0.8);
}

}  // namespace
}  // namespace dmb
