// SPDX-License-Identifier: MIT
#include "dmb/control/charge_reason.h"

#include "dmb/battery/shortest.h"

#include <array>
#include <charconv>
#include <cmath>

namespace dmb {
namespace {

std::string fixed(double value, int decimals) {
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::fixed, decimals);
  return end.ec == std::errc() ? std::string(buffer.data(), end.ptr) : "?";
}

std::string measured(const char* what, const ChargeReason& reason, int decimals, const char* unit) {
  std::string text = what;
  if (!reason.where.empty()) text += " " + reason.where;
  return reason.measured ? text + " " + fixed(*reason.measured, decimals) + unit : text;
}

std::string what_it_is(const ChargeReason& reason) {
  switch (reason.factor) {
    case ChargeFactor::cell_too_high:
    case ChargeFactor::highest_cell:
      return measured("highest cell", reason, 3, " V");
    case ChargeFactor::cell_too_low:
    case ChargeFactor::lowest_cell:
      return measured("lowest cell", reason, 3, " V");
    case ChargeFactor::coldest:
      return measured("coldest", reason, 1, " °C");
    case ChargeFactor::hottest:
      return measured("hottest", reason, 1, " °C");
    case ChargeFactor::mosfet:
      return measured("MOSFETs", reason, 1, " °C");
    case ChargeFactor::soc:
      return measured("SoC", reason, 0, " %");
    case ChargeFactor::alarm:
      return reason.where;
    case ChargeFactor::sensors_missing:
      return "not known: " + reason.where;
    case ChargeFactor::nothing_known:
      return "nothing is known of the cells";
    case ChargeFactor::cells_misfit:
      return fixed(reason.measured.value_or(0), 2) + " V cannot be the voltage of " + reason.where;
    case ChargeFactor::soc_reached:
      return "charged to " + fixed(reason.measured.value_or(0), 0) + " %, as wanted";
  }
  return "";
}

}  // namespace

bool is_trouble(const ChargeReason& reason) {
  switch (reason.factor) {
    case ChargeFactor::cell_too_high:
    case ChargeFactor::cell_too_low:
    case ChargeFactor::alarm:
    case ChargeFactor::nothing_known:
    case ChargeFactor::cells_misfit:
    case ChargeFactor::sensors_missing:
      return true;
    case ChargeFactor::highest_cell:
    case ChargeFactor::lowest_cell:
    case ChargeFactor::coldest:
    case ChargeFactor::hottest:
    case ChargeFactor::mosfet:
    case ChargeFactor::soc:
    case ChargeFactor::soc_reached:
      break;
  }
  return false;
}

bool same_cause(const ChargeReason& a, const ChargeReason& b) {
  const bool same_effect = a.passing == b.passing && (a.limit_a == 0) == (b.limit_a == 0);
  return a.factor == b.factor && same_effect && (!is_trouble(a) || a.where == b.where);
}

std::string describe(const ChargeReason& reason) {
  std::string text = what_it_is(reason);
  if (reason.limit_a) text += ": " + shortest(std::round(*reason.limit_a * 10) / 10) + " A";
  return reason.passing ? text + " (over, more follows)" : text;
}

}  // namespace dmb
