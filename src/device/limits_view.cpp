// SPDX-License-Identifier: MIT
#include "dmb/device/limits_view.h"

#include "dmb/battery/quantity.h"

#include <utility>

namespace dmb {

void show_limits(const LimitState& limits, ItemValues& values) {
  for (const auto& [id, limit] :
       {std::pair(q("/Info/MaxChargeVoltage"), &limits.max_charge_voltage),
        {q("/Info/MaxChargeCurrent"), &limits.max_charge_current},
        {q("/Info/MaxDischargeCurrent"), &limits.max_discharge_current}})
    if (limit->exists) values.set(id, limit->value ? OptValue(*limit->value) : std::nullopt);
}

void show_bms(const LimitState& limits, bool member_lost, ItemValues& values) {
  show_limits(limits, values);
  const auto show_reason = [&values](const LimitItem& limit, Quantity allowed, Quantity reason) {
    values.set(allowed, limit.value == 0 ? 0 : 1);
    values.set(reason, describe(limit.reason));
  };
  show_reason(limits.max_charge_current, q("/Io/AllowToCharge"), q("/Info/ChargeLimitation"));
  show_reason(limits.max_discharge_current, q("/Io/AllowToDischarge"),
              q("/Info/DischargeLimitation"));
  values.set(q("/Alarms/BmsCable"), member_lost ? 1 : 0);
}

}  // namespace dmb
