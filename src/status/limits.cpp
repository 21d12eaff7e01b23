// SPDX-License-Identifier: MIT
#include "dmb/status/status.h"

#include <string_view>

namespace dmb::status {
namespace {

constexpr std::string_view kGiven = "as the payload gives it";
constexpr std::string_view kNoLimit = "no limit: the payload gives none";
constexpr std::string_view kUnknown = "unknown: the payload does not give it any more";

std::optional<LimitStatus> limit(const LimitItem& item, std::string_view replaced_because) {
  if (!item.exists) return std::nullopt;
  LimitStatus status{item.value, std::string(kGiven), false};
  if (!replaced_because.empty())
    status = {item.value, std::string(replaced_because), true};
  else if (!item.value)
    status = {item.value, std::string(kUnknown), true};
  return status;
}

std::string_view voltage_reason(const LimitState& limits, bool silent) {
  if (!limits.max_charge_voltage.value) return "";
  if (silent)
    return limits.voltage_lowered
               ? "the voltage the battery last had, beside CCL 0: the battery is silent"
               : "the last one given, beside CCL 0: the battery is silent";
  if (limits.voltage_lowered)
    return "lowered: charging goes on although CCL is 0 (feed-in of DC-coupled PV?)";
  if (limits.voltage_refused)
    return "the last one that was right, beside CCL 0 for 10 s: it does not fit the voltage now";
  if (limits.voltage_lost) return "the last one given, beside CCL 0 for 10 s: it is missing now";
  return "";
}

std::string_view charge_reason(const LimitState& limits, bool silent) {
  if (!limits.charge_stopped) return "";
  if (silent) return "charging is stopped: the battery is silent";
  if (limits.voltage_refused)
    return "charging is stopped: MaxChargeVoltage does not fit the measured voltage";
  if (limits.voltage_lost)
    return "charging is stopped: the payload does not give MaxChargeVoltage any more";
  if (limits.charge_blocked) return "charging is stopped: the payload says Io/AllowToCharge 0";
  return "charging is stopped: the payload gives no usable MaxChargeCurrent";
}

std::string_view discharge_reason(const LimitState& limits, bool silent) {
  if (limits.discharge_stopped)
    return silent ? "discharging is stopped: the battery is silent"
                  : "discharging is stopped: the payload gives no usable one";
  if (!limits.discharge_kept) return "";
  return silent ? "the last one given: the battery is silent"
                : "the last one given: the payload does not give it any more";
}

}  // namespace

LimitsStatus describe_limits(const LimitState& limits, Life::Phase phase) {
  const bool silent = phase == Life::Phase::holding || phase == Life::Phase::gone;
  LimitsStatus status{limit(limits.max_charge_voltage, voltage_reason(limits, silent)),
                      limit(limits.max_charge_current, charge_reason(limits, silent)),
                      limit(limits.max_discharge_current, discharge_reason(limits, silent))};
  if (limits.charge_unlimited) status.max_charge_current_a->why = kNoLimit;
  // The battery's own word, as a 0 would be.
  if (limits.charge_blocked && !limits.voltage_lost && !silent)
    status.max_charge_current_a->fault = false;
  return status;
}

}  // namespace dmb::status
