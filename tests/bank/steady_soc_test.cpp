// SPDX-License-Identifier: MIT
#include "dmb/bank/steady_soc.h"

#include "../support/shunt_samples.h"
#include "dmb/bank/bank.h"

#include <gtest/gtest.h>

#include <vector>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using Members = std::vector<MemberSnapshot>;

Instant at(std::chrono::milliseconds when) {
  return Instant(when);
}

MemberSnapshot of(const std::string& id, double soc, std::optional<double> capacity_ah) {
  return shunt(id, {{"/Dc/0/Voltage", 13}, {"/Soc", soc}}, capacity_ah);
}

const MemberSnapshot kBig = of("big", 50, 300);
const MemberSnapshot kSmall = of("small", 90, 100);

/// A bank that is shown, with what its SoC is at a time.
class SteadySocTest : public testing::Test {
 protected:
  SteadySocTest() {
    bank.replace({kBig, kSmall}, at(0s));
    bank.steady_soc();
  }
  double soc(Instant now) { return bank.aggregate(now).values[q("/Soc")].value(); }

  Bank bank{{}};
};

TEST_F(SteadySocTest, DoesNotJumpForAShuntThatIsAwayForASecond) {
  EXPECT_EQ(soc(at(0s)), 60);
  bank.replace({kSmall}, at(20s));
  EXPECT_EQ(soc(at(20s)), 60);
  bank.replace({kBig, kSmall}, at(21s));
  EXPECT_EQ(soc(at(21s)), 60);
  EXPECT_EQ(bank.deadline(), std::nullopt);
}

TEST_F(SteadySocTest, FollowsThoseThatAreThereMeanwhile) {
  bank.replace({of("small", 70, 100)}, at(20s));
  EXPECT_EQ(soc(at(21s)), (3 * 50 + 70) / 4.0);
}

TEST_F(SteadySocTest, IsThatOfTheNewMembersAfterTenSeconds) {
  bank.replace({kSmall}, at(20s));
  EXPECT_EQ(bank.deadline(), at(30s));
  EXPECT_EQ(soc(at(29999ms)), 60);
  EXPECT_EQ(soc(at(30s)), 90);
  EXPECT_EQ(bank.deadline(), std::nullopt);
  bank.replace({kBig, kSmall}, at(40s));
  EXPECT_EQ(soc(at(41s)), 90) << "one that comes counts after as long";
  EXPECT_EQ(soc(at(50s)), 60);
}

TEST_F(SteadySocTest, OfTheFirstThatIsBackIsNotTheBanks) {
  bank.replace({}, at(20s));
  EXPECT_EQ(bank.aggregate(at(20s)).values[q("/Soc")], std::nullopt);
  bank.replace({kSmall}, at(25s));
  EXPECT_EQ(soc(at(25s)), 60);
  bank.replace({kBig, kSmall}, at(27s));
  EXPECT_EQ(soc(at(27s)), 60);
}

TEST_F(SteadySocTest, IsNotHeldForLongerThanAMinute) {
  for (int i = 0; i < 30; ++i) {
    bank.replace(i % 2 == 0 ? Members{kSmall} : Members{kSmall, of("x", 10, 100)},
                 at(20s + 4s * i));
    if (i < 15) {
      EXPECT_EQ(soc(at(20s + 4s * i)), 60) << i;
    }
  }
  EXPECT_NE(soc(at(145s)), 60);
}

TEST_F(SteadySocTest, TakesWhatIsLeftWithIt) {
  bank.replace({kSmall}, at(20s));
  EXPECT_EQ(bank.aggregate(at(21s)).capacity_ah, 60) << "60 % of the 100 Ah that are there";
}

TEST(SteadySoc, IsOfNoUseBeforeAnybodyLooks) {
  Bank bank{{}};
  bank.replace({kSmall}, at(0s));
  bank.replace({kBig, kSmall}, at(1s));
  EXPECT_EQ(bank.aggregate(at(1s)).values[q("/Soc")], 60);
}

}  // namespace
}  // namespace dmb
