// SPDX-License-Identifier: MIT
#include "app/device_rules.h"

#include <gtest/gtest.h>

#include <optional>

namespace dmb {
namespace {

struct Case {
  std::optional<double> own_a;
  std::optional<double> of_charge_control_a;
  std::optional<double> maximum_a;
};

TEST(RulesOfABank, HaveTheMaximaOfItsChargeControlForTheyShrinkWithEachLostMember) {
  for (const auto& [own_a, of_charge_control_a, maximum_a] :
       {Case{{}, {}, {}}, Case{200, {}, 200}, Case{{}, 100, 100}, Case{200, 100, 100},
        Case{80, 100, 80}}) {
    BankConfig bank;
    bank.max_charge_current_a = own_a;
    bank.max_discharge_current_a = own_a;
    if (of_charge_control_a) {
      bank.charge_control.emplace();
      bank.charge_control->max_charge_current_a = *of_charge_control_a;
      bank.charge_control->max_discharge_current_a = *of_charge_control_a;
    }
    const BankRules rules = rules_of(bank, {});
    EXPECT_EQ(rules.bms->max_charge_current_a, maximum_a);
    EXPECT_EQ(rules.bms->max_discharge_current_a, maximum_a);
  }
}

}  // namespace
}  // namespace dmb
