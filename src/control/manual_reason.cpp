// SPDX-License-Identifier: MIT
#include "dmb/control/manual_reason.h"

#include "dmb/battery/shortest.h"

#include <cmath>

namespace dmb {
namespace {

std::string tenths(double value) {
  return shortest(std::round(value * 10) / 10);
}

}  // namespace

bool same_cause(const ManualReason& a, const ManualReason& b) {
  return a.limit == b.limit && a.charging == b.charging && (a.value == 0) == (b.value == 0);
}

bool is_trouble(const ManualReason& reason) {
  return reason.limit == ManualLimit::stop ||
         (reason.limit == ManualLimit::maximum && reason.value == 0);
}

std::string describe(const ManualReason& reason) {
  const std::string what = reason.charging ? "charging" : "discharging";
  switch (reason.limit) {
    case ManualLimit::stop:
      break;
    case ManualLimit::charge_to: {
      const std::string text = "charge to " + tenths(reason.value) + " %: reached";
      return reason.soc_percent ? text + " (SoC " + tenths(*reason.soc_percent) + " %)" : text;
    }
    case ManualLimit::maximum:
      return "a slider on the GX allows " + what + " with " + tenths(reason.value) + " A";
  }
  return "a switch on the GX stops " + what;
}

}  // namespace dmb
