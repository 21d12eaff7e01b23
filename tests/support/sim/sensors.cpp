// SPDX-License-Identifier: MIT
#include "sensors.h"

#include <utility>

namespace dmb::sim {

Measured Sensors::measure(const Pack& pack, double now_s) {
  Measured measured{.cells_v = {pack.cells_v().begin(), pack.cells_v().end()},
                    .temperature_c = pack.temperature_c(),
                    .voltage_v = pack.voltage_v(),
                    .current_a = pack.current_a(),
                    .capacity_ah = pack.capacity_ah(),
                    .told_s = now_s};
  for (const Fault& fault : faults_)
    if (last_ && now_s >= fault.from_s && now_s < fault.until_s) spoil(measured, fault, *last_);
  last_ = measured;
  return measured;
}

void Sensors::spoil(Measured& measured, const Fault& fault, const Measured& before) {
  auto& cells_v = measured.cells_v;
  switch (fault.kind) {
    case Fault::Kind::cell_missing:
      cells_v.at(fault.cell).reset();
      break;
    case Fault::Kind::cell_stuck:
      cells_v.at(fault.cell) = before.cells_v.at(fault.cell);
      break;
    case Fault::Kind::cell_absurd:
      cells_v.at(fault.cell) = 0;
      break;
    case Fault::Kind::cells_swapped:
      std::swap(cells_v.at(fault.cell), cells_v.at((fault.cell + 1) % cells_v.size()));
      break;
    case Fault::Kind::temperature_missing:
      measured.temperature_c.reset();
      break;
    case Fault::Kind::stale:
      measured = before;
      break;
  }
}

}  // namespace dmb::sim
