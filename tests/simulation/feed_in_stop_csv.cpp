// SPDX-License-Identifier: MIT
// A stop of charging at noon with DC-coupled feed-in on, by our control and by the serial driver's
// algorithm, as a table for scripts/charge-day.sh, one row each two seconds. The stop is that of a
// battery that is too cold for ten minutes.
#include "../support/sim/known_contenders.h"
#include "../support/sim/our_control.h"

#include <array>
#include <iostream>
#include <memory>
#include <vector>

namespace {

using namespace dmb::sim;

constexpr double kBeginS = 5 * 60;
constexpr double kEndS = 15 * 60;
constexpr double kUntilS = 25 * 60;
constexpr int kRowS = 2;
constexpr double kTooColdC = -1;

/// One of those who are compared, with a battery of its own.
class Run {
 public:
  Run(const Contender& contender, const Scenario& scenario)
      : site_(scenario.site), control_(contender.create(scenario)) {}

  void step(double now_s) {
    std::vector<Measured> measured{sensors_.measure(site_.packs()[0], now_s)};
    if (now_s >= kBeginS && now_s < kEndS) measured[0].temperature_c = kTooColdC;
    limits_ = control_->update({.packs = measured, .charger_v = {}, .now_s = now_s}).limits;
    site_.step(limits_, {.sun_w = 6000, .load_w = 400, .ambient_c = 20}, 1);
  }

  void print() const {
    for (const double value : {site_.current_a(), limits_.ccl_a, limits_.cvl_v, site_.bus_v()})
      std::cout << ',' << value;
  }

 private:
  Site site_;
  std::unique_ptr<Controller> control_;
  Sensors sensors_;
  Limits limits_;
};

}  // namespace

int main() {
  const Scenario scenario{.name = "a stop at noon",
                          .site = {.packs = {{.capacity_ah = 280, .soc = 0.6}}, .feed_in = true},
                          .day = {}};
  std::array runs{Run(our_control(), scenario), Run(serial_driver(), scenario)};
  std::cout << "minute,current_a,ccl_a,cvl_v,voltage_v,"
               "serial_current_a,serial_ccl_a,serial_cvl_v,serial_voltage_v\n";
  for (int now_s = 0; now_s < static_cast<int>(kUntilS); ++now_s) {
    for (Run& run : runs) run.step(now_s);
    if (now_s % kRowS != 0) continue;
    std::cout << (now_s - kBeginS) / 60;
    for (const Run& run : runs) run.print();
    std::cout << '\n';
  }
}
