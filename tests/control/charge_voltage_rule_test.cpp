// SPDX-License-Identifier: MIT
#include "dmb/control/charge_voltage_rule.h"

#include <gtest/gtest.h>

#include <vector>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using Wishes = std::vector<ChargeWish>;

ChargeWish bulk(double voltage_v) {
  ChargeWish wish;
  wish.max_charge_voltage_v = voltage_v;
  wish.cells = 16;
  return wish;
}

ChargeWish in_float(double voltage_v) {
  ChargeWish wish = bulk(voltage_v);
  wish.in_float = true;
  return wish;
}

TEST(ChargeVoltageRule, TheLeastOfThoseInBulkDecides) {
  ChargeVoltageRule rule;
  EXPECT_EQ(rule.update({}, Instant(0s)), std::nullopt);
  EXPECT_EQ(rule.update(Wishes{bulk(56.8), bulk(56), {}}, Instant(0s)), 56);
  EXPECT_EQ(rule.update(Wishes{bulk(56.8), in_float(54)}, Instant(0s)), 56.8);
}

TEST(ChargeVoltageRule, OneInFloatCountsWhileACellOfItIsTooHigh) {
  ChargeVoltageRule rule;
  ChargeWish high = in_float(54);
  high.highest_cell_v = 56.8 / 16 + 0.06;
  EXPECT_EQ(rule.update(Wishes{bulk(56.8), high}, Instant(0s)), 54) << "at once";
  high.highest_cell_v = 56.8 / 16 + 0.04;
  EXPECT_EQ(rule.update(Wishes{bulk(56.8), high}, Instant(1s)), 56.8);
  high.voltage_alarm = true;
  EXPECT_EQ(rule.update(Wishes{bulk(56.8), high}, Instant(1s)), 54);
}

TEST(ChargeVoltageRule, AllInFloatGoDownByARamp) {
  ChargeVoltageRule rule;
  rule.update(Wishes{bulk(55.2), in_float(54)}, Instant(0s));
  EXPECT_EQ(rule.update(Wishes{in_float(54), in_float(54.4)}, Instant(10s)), 55.2);
  ASSERT_EQ(rule.next_change(), Instant(11s));
  const double next_v = *rule.update(Wishes{in_float(54), in_float(54.4)}, Instant(11s));
  EXPECT_NEAR(next_v, 55.19, 0.001);
  std::optional<double> last_v;
  for (int i = 12; i < 150; ++i)
    last_v = rule.update(Wishes{in_float(54), in_float(54.4)}, Instant(i * 1s));
  EXPECT_EQ(last_v, 54);
  EXPECT_EQ(rule.next_change(), std::nullopt);
  EXPECT_EQ(rule.update(Wishes{in_float(53), in_float(54.4)}, Instant(200s)), 53)
      << "any other fall is at once";
}

TEST(ChargeVoltageRule, ALostOneRestrictsAndKeepsNobodyFromFloat) {
  ChargeVoltageRule rule;
  ChargeWish lost = bulk(53);
  lost.lost = true;
  EXPECT_EQ(rule.update(Wishes{in_float(54), lost}, Instant(0s)), 53);
}

MemberSnapshot in_mode(const std::string& name, const std::string& mode) {
  MemberSnapshot member;
  member.name = name;
  member.texts.charge_mode = mode;
  return member;
}

TEST(BankChargeMode, TellsWhoIsAheadOfTheOthers) {
  const auto mode = [](std::vector<MemberSnapshot> members) { return bank_charge_mode(members); };
  EXPECT_EQ(mode({in_mode("A", ""), in_mode("B", "")}), "");
  EXPECT_EQ(mode({in_mode("A", "Float Transition"), in_mode("B", "")}), "Float");
  EXPECT_EQ(mode({in_mode("A", "FLOAT"), in_mode("B", "Absorption 12min")}),
            "Absorption (A in float)");
  EXPECT_EQ(mode({in_mode("A", "Bulk"), in_mode("B", "Absorption")}), "Bulk");
}

}  // namespace
}  // namespace dmb
