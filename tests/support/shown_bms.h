// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/control/guard.h"
#include "dmb/control/virtual_bms.h"
#include "dmb/device/aggregate_view.h"
#include "dmb/device/limits_view.h"

#include <vector>

namespace dmb::test {

/// What the bus shows of a virtual BMS whose stops are obeyed: no current flows.
class ShownBms {
 public:
  void show(const VirtualBms& bms, Instant now, ItemValues& values) {
    show(bms.votes(), bms.known().lost() > 0, now, values);
  }
  /// Nobody is heard any more.
  void show_silence(double max_charge_voltage_v, bool stop_discharge, Instant now,
                    ItemValues& values) {
    std::vector<Vote> votes{{Limit::charge_voltage, max_charge_voltage_v, Cause::configured},
                            {Limit::charge_current, 0, Cause::silence, "x"}};
    if (stop_discharge) votes.push_back({Limit::discharge_current, 0, Cause::silence, "x"});
    show(votes, true, now, values);
    show_nobody(values);
  }

 private:
  void show(std::span<const Vote> votes, bool member_lost, Instant now, ItemValues& values) {
    show_bms(guard_.update(votes, {.current_a = 0}, now), member_lost, values);
  }

  Guard guard_;
};

}  // namespace dmb::test
