// SPDX-License-Identifier: MIT
#include "charge_table.h"

#include "known_contenders.h"
#include "our_control.h"

#include <iomanip>
#include <sstream>

namespace dmb::sim {
namespace {

void add_line(std::ostream& out, const Metrics& metrics) {
  const auto number = [&](double value, int decimals) {
    out << " | " << std::fixed << std::setprecision(decimals) << value;
  };
  number(metrics.highest_cell_v, 3);
  if (metrics.full_s > 0)
    number(metrics.full_s / 3600, 1);
  else
    out << " | never";
  out << " | " << (metrics.floated ? "yes" : "no");
  number(metrics.not_taken_wh / 1000, 1);
  number(metrics.fed_in_wh / 1000, 1);
  number(metrics.cold_ah, 1);
  number(metrics.ripple_v * 1000, 1);
  number(metrics.changes_per_hour, 1);
  number(metrics.above_3v5_s, 0);
  out << " | " << metrics.trips << " |\n";
}

}  // namespace

std::vector<Contender> charge_contenders() {
  return {our_control(), serial_driver(), aggregate_batteries()};
}

std::vector<TableRow> play(std::span<const Scenario> scenarios,
                           std::span<const Contender> contenders) {
  std::vector<TableRow> rows;
  for (const Scenario& scenario : scenarios) {
    rows.push_back({scenario, {}});
    for (const Contender& contender : contenders)
      rows.back().metrics.push_back(run(*contender.create(scenario), scenario));
  }
  return rows;
}

std::string to_markdown(std::span<const TableRow> rows, std::span<const Contender> contenders) {
  std::ostringstream out;
  out << "| Scenario | Control | Highest cell V | Full after h | Float | Not taken kWh | To the "
         "grid "
         "kWh | Ah too fast in the cold | CVL ripple mV | Changes per h | Above 3.5 V s | Trips |\n"
         "|---|---|---|---|---|---|---|---|---|---|---|---|\n";
  for (const TableRow& row : rows)
    for (std::size_t i = 0; i < row.metrics.size(); ++i) {
      out << "| " << (i == 0 ? row.scenario.name : "") << " | " << contenders[i].name;
      add_line(out, row.metrics[i]);
    }
  return out.str();
}

}  // namespace dmb::sim
