// SPDX-License-Identifier: MIT
// A day of one scenario with one charge control as a table for pictures, one row each minute.
// Without arguments: which there are.
#include "../support/sim/charge_scenarios.h"
#include "../support/sim/known_contenders.h"
#include "../support/sim/our_control.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace dmb::sim;

constexpr double kRowS = 60;

template <typename List>
auto* find(List& list, const std::string& name) {
  const auto found = std::ranges::find(list, name, [](const auto& one) { return one.name; });
  return found == list.end() ? nullptr : &*found;
}

double lowest_cell_v(const Site& site) {
  double lowest_v = 100;
  for (const Pack& pack : site.packs()) lowest_v = std::min(lowest_v, pack.lowest_cell_v());
  return lowest_v;
}

double mean_soc(const Site& site) {
  double sum_ah = 0;
  double capacity_ah = 0;
  for (const Pack& pack : site.packs()) {
    sum_ah += pack.soc() * pack.capacity_ah();
    capacity_ah += pack.capacity_ah();
  }
  return sum_ah / capacity_ah;
}

void print(const Moment& moment) {
  const Site& site = moment.site;
  const auto cells = static_cast<double>(site.packs()[0].cells_v().size());
  const Limits& limits = moment.answer.limits;
  std::cout << moment.now_s / 3600;
  for (const double value :
       {moment.weather.sun_w, site.current_a(), site.fed_in_a(), limits.cvl_v / cells,
        site.highest_cell_v(), lowest_cell_v(site), limits.ccl_a, limits.dcl_a,
        100 * mean_soc(site), site.packs()[0].temperature_c()})
    std::cout << ',' << std::to_string(value);
  std::cout << ",\"" << moment.answer.mode << "\"\n";
}

int tell_usage(const std::vector<Scenario>& scenarios, const std::vector<Contender>& contenders) {
  std::cerr << "Usage: charge_day_csv SCENARIO CONTENDER [ROW_EACH_SECONDS [UNTIL_HOUR]]\n";
  for (const Scenario& scenario : scenarios) std::cerr << "  \"" << scenario.name << "\"\n";
  for (const Contender& contender : contenders) std::cerr << "  \"" << contender.name << "\"\n";
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<Scenario> scenarios = charge_scenarios();
  const std::vector<Contender> contenders{our_control(), serial_driver(), aggregate_batteries()};
  Scenario* scenario = argc > 2 ? find(scenarios, argv[1]) : nullptr;
  const Contender* contender = argc > 2 ? find(contenders, argv[2]) : nullptr;
  if (scenario == nullptr || contender == nullptr) return tell_usage(scenarios, contenders);
  const double row_s = argc > 3 ? std::max(1.0, std::strtod(argv[3], nullptr)) : kRowS;
  if (argc > 4) scenario->until_s = 3600 * std::strtod(argv[4], nullptr);
  std::cout << "hour,sun_w,current_a,fed_in_a,cvl_cell_v,highest_cell_v,lowest_cell_v,ccl_a,dcl_a,"
               "soc,temperature_c,mode\n";
  double next_s = scenario->from_s;
  run(*contender->create(*scenario), *scenario, [&](const Moment& moment) {
    if (moment.now_s < next_s) return;
    print(moment);
    next_s += row_s;
  });
}
