// SPDX-License-Identifier: MIT
// The table of docs/charge-control.md: what our control and those that others use make of the same
// packs and days.
#include "../support/sim/charge_table.h"

#include "../support/sim/charge_scenarios.h"

#include <iostream>

int main() {
  const auto contenders = dmb::sim::charge_contenders();
  std::cout << to_markdown(dmb::sim::play(dmb::sim::charge_scenarios(), contenders), contenders);
}
