// SPDX-License-Identifier: MIT
#include "bank_day.h"

namespace dmb::sim {
namespace {

/// One battery beside its pack, which the site has.
struct Live {
  explicit Live(const Battery& battery) : sensors(battery.faults), bms(battery.bms) {}

  Protection protection;
  Sensors sensors;
  SerialBms bms;
};

BatteryMoment look(Pack& pack, Live& live, const Battery& battery, double now_s) {
  live.protection.look(pack);
  const Measured measured = live.sensors.measure(pack, now_s);
  return {.wishes = live.bms.update(measured, now_s),
          .voltage_v = pack.voltage_v(),
          .current_a = pack.current_a(),
          .soc_percent = 100 * pack.soc(),
          .highest_cell_v = pack.highest_cell_v(),
          .lowest_cell_v = pack.lowest_cell_v(),
          .temperature_c = pack.temperature_c(),
          .heard = now_s < battery.lost_from_s || now_s >= battery.lost_until_s};
}

}  // namespace

void run(const BankDaySpec& spec, const DecideForBank& decide,
         const std::function<void(const BankMoment&)>& visit) {
  SiteSpec site_spec = spec.site;
  std::vector<Live> live;
  for (const Battery& battery : spec.batteries) {
    site_spec.packs.push_back(battery.pack);
    live.emplace_back(battery);
  }
  Site site(site_spec);
  const Day day(spec.day);
  for (double now_s = spec.from_s; now_s < spec.until_s; ++now_s) {
    BankMoment moment;
    moment.now_s = now_s;
    moment.bus_v = site.bus_v();
    moment.current_a = site.current_a();
    moment.not_taken_wh = site.not_taken_wh();
    for (std::size_t i = 0; i < live.size(); ++i)
      moment.batteries.push_back(look(site.packs()[i], live[i], spec.batteries[i], now_s));
    const BankAnswer answer = decide(moment.batteries, now_s);
    moment.limits = answer.limits;
    moment.mode = answer.mode;
    visit(moment);
    site.step(answer.limits, day.at(now_s), 1);
  }
}

BankDaySpec two_unequal_packs() {
  const PackSpec large{.capacity_ah = 280,
                       .cell_resistance_ohm = 0.00025,
                       .wire_ohm = 0.002,
                       .soc = 0.45,
                       .ahead_ah = {0.4},  // full late: its BMS waits for this cell
                       .balance_a = 0.2};
  const PackSpec small{.capacity_ah = 100,
                       .cell_resistance_ohm = 0.0005,
                       .wire_ohm = 0.001,
                       .soc = 0.55,
                       .ahead_ah = {0, 0, 0.02},
                       .balance_a = 0.2,
                       .heat_j_per_k = 40'000,
                       .cooling_w_per_k = 3};
  const SerialBmsSettings large_bms{
      .max_charge_a = 140, .max_discharge_a = 200, .voltage_drop_v = 0.05, .start_soc_percent = 45};
  const SerialBmsSettings small_bms{.max_cell_v = 3.42,
                                    .float_cell_v = 3.35,
                                    .max_charge_a = 50,
                                    .max_discharge_a = 100,
                                    .voltage_drop_v = 0.05,
                                    .start_soc_percent = 55};
  return {.batteries = {{.name = "Large", .pack = large, .bms = large_bms},
                        {.name = "Small", .pack = small, .bms = small_bms}},
          .site = {.charger_wire_ohm = 0.0005},
          .day = {.peak_w = 7000, .load_w = 300, .clouds = 0.3}};
}

}  // namespace dmb::sim
