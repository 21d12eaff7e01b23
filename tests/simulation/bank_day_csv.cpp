// SPDX-License-Identifier: MIT
// The day of a bank as a table for scripts/bank-day.sh, one row each five minutes.
#include "bank_of_batteries.h"

#include <iostream>
#include <string>

namespace {

std::string row_of(const dmb::sim::BankMoment& moment) {
  std::string row = std::to_string(moment.now_s / 3600);
  const auto add = [&row](double value) { row += "," + std::to_string(value); };
  for (const double value :
       {moment.limits.cvl_v, moment.bus_v, moment.limits.ccl_a, moment.current_a})
    add(value);
  for (const dmb::sim::BatteryMoment& battery : moment.batteries) {
    const bool in_float = battery.wishes.mode.starts_with("Float");
    for (const double value : {battery.current_a, battery.soc_percent, battery.highest_cell_v,
                               battery.wishes.limits.cvl_v, in_float ? 1.0 : 0.0})
      add(value);
  }
  return row;
}

}  // namespace

int main() {
  const dmb::sim::BankDaySpec spec = dmb::sim::two_unequal_packs();
  dmb::test::BankOfBatteries bank(spec);
  std::cout << "hour,cvl_v,bus_v,ccl_a,current_a";
  for (const auto& battery : spec.batteries)
    for (const char* column : {"current_a", "soc", "highest_cell_v", "cvl_v", "in_float"})
      std::cout << ',' << battery.name << '_' << column;
  std::cout << '\n';
  dmb::sim::run(
      spec, [&](auto batteries, double now_s) { return bank.decide(batteries, now_s); },
      [](const dmb::sim::BankMoment& moment) {
        if (static_cast<int>(moment.now_s) % 300 == 0) std::cout << row_of(moment) << '\n';
      });
}
