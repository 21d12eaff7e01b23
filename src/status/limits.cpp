// SPDX-License-Identifier: MIT
#include "dmb/battery/quantity.h"
#include "dmb/codec/text.h"
#include "dmb/status/status.h"

#include <string_view>

namespace dmb::status {
namespace {

constexpr std::string_view kGiven = "as the payload gives it";
constexpr std::string_view kConfigured = "as configured";
constexpr std::string_view kNoneConfigured = "no limit configured";
constexpr std::string_view kNoLimit = "no limit: the payload gives none";
constexpr std::string_view kGoesOn =
    "lowered: charging goes on although CCL is 0 (feed-in of DC-coupled PV?)";
constexpr std::string_view kUnknown = "unknown: the payload does not give it any more";

/// What a person stopped is no fault of the battery's.
bool is_fault(const LimitItem& item) {
  return is_trouble(item.reason) && item.cause != Cause::manual;
}

std::optional<LimitStatus> limit(const LimitItem& item, std::string_view replaced_because) {
  if (!item.exists) return std::nullopt;
  if (item.reason.what() != nullptr)
    return LimitStatus{item.value, describe(item.reason), is_fault(item)};
  LimitStatus status{item.value, std::string(kGiven), false};
  if (item.cause == Cause::configured) status.why = kConfigured;
  if (!item.value)
    status = {item.value, std::string(kUnknown), true};
  else if (!replaced_because.empty())
    status = {item.value, std::string(replaced_because), true};
  return status;
}

std::string_view voltage_reason(Cause cause) {
  switch (cause) {
    case Cause::silence:
      return "the voltage the battery last had, beside CCL 0: the battery is silent";
    case Cause::kept:
      return "the last one given, beside CCL 0: the battery is silent";
    case Cause::goes_on:
      return kGoesOn;
    case Cause::charge_voltage_refused:
      return "the last one that was right, beside CCL 0 for 10 s: it does not fit the voltage now";
    case Cause::charge_voltage_lost:
      return "the last one given, beside CCL 0 for 10 s: it is missing now";
    default:
      return "";
  }
}

std::string_view charge_reason(Cause cause) {
  switch (cause) {
    case Cause::silence:
      return "charging is stopped: the battery is silent";
    case Cause::charge_voltage_refused:
      return "charging is stopped: MaxChargeVoltage does not fit the measured voltage";
    case Cause::charge_voltage_lost:
      return "charging is stopped: the payload does not give MaxChargeVoltage any more";
    case Cause::charge_blocked:
      return "charging is stopped: the payload says Io/AllowToCharge 0";
    case Cause::not_usable:
      return "charging is stopped: the payload gives no usable MaxChargeCurrent";
    case Cause::alarm:
    case Cause::share:
    case Cause::goes_on:
    case Cause::kept:
    case Cause::manual:
    case Cause::configured:
    case Cause::given:
    case Cause::unlimited:
    case Cause::charge_control:
    case Cause::cause_count:
      break;
  }
  return "";
}

std::string_view discharge_reason(Cause cause, bool silent) {
  switch (cause) {
    case Cause::silence:
      return "discharging is stopped: the battery is silent";
    case Cause::not_usable:
      return "discharging is stopped: the payload gives no usable one";
    case Cause::kept:
      return silent ? "the last one given: the battery is silent"
                    : "the last one given: the payload does not give it any more";
    default:
      return "";
  }
}

std::string_view words(const Vote& vote) {
  switch (vote.cause) {
    case Cause::configured:
      return kConfigured;
    case Cause::unlimited:
      return kNoLimit;
    case Cause::charge_control:
      return "charge control";
    default:
      break;
  }
  const std::string_view said = vote.limit == Limit::charge_voltage ? voltage_reason(vote.cause)
                                : vote.limit == Limit::charge_current
                                    ? charge_reason(vote.cause)
                                    : discharge_reason(vote.cause, false);
  return said.empty() ? kGiven : said;
}

}  // namespace

void describe_votes(std::span<const Vote> votes, LimitsStatus& limits) {
  for (const Vote& vote : votes) {
    auto& limit = vote.limit == Limit::charge_voltage   ? limits.max_charge_voltage_v
                  : vote.limit == Limit::charge_current ? limits.max_charge_current_a
                                                        : limits.max_discharge_current_a;
    const std::string reason = describe(vote.reason);
    if (limit)
      limit->votes.push_back({vote.value, reason.empty() ? std::string(words(vote)) : reason});
  }
}

LimitsStatus describe_limits(const LimitState& limits, Life::Phase phase) {
  const bool silent = phase == Life::Phase::holding || phase == Life::Phase::gone;
  LimitsStatus status{
      limit(limits.max_charge_voltage, voltage_reason(limits.max_charge_voltage.cause)),
      limit(limits.max_charge_current, charge_reason(limits.max_charge_current.cause)),
      limit(limits.max_discharge_current,
            discharge_reason(limits.max_discharge_current.cause, silent))};
  if (limits.max_charge_current.cause == Cause::unlimited)
    status.max_charge_current_a->why = kNoLimit;
  // The battery's own word, as a 0 would be.
  if (limits.max_charge_current.cause == Cause::charge_blocked)
    status.max_charge_current_a->fault = false;
  return status;
}

/// A reason is told only where something is stopped or shrunk.
LimitsStatus describe_limits(const LimitState& limits) {
  const auto described = [](const LimitItem& item) {
    if (item.reason.what() != nullptr)
      return LimitStatus{item.value, describe(item.reason), is_fault(item)};
    const bool configured = item.value != kNoCurrentLimitA;
    return LimitStatus{item.value, std::string(configured ? kConfigured : kNoneConfigured), false};
  };
  const bool lowered = limits.max_charge_voltage.cause == Cause::goes_on;
  return {lowered ? LimitStatus{limits.max_charge_voltage.value, std::string(kGoesOn), true}
                  : described(limits.max_charge_voltage),
          described(limits.max_charge_current), described(limits.max_discharge_current)};
}

std::string describe_charge_control(const ChargeControl* control) {
  if (control == nullptr) return "";
  std::string text = control->charge_mode();
  const CellView& cells = control->cells();
  if (!cells.highest || !cells.lowest) return text + "; no cell is known";
  const auto cell = [](const Sensed& sensed) {
    const std::string voltage = format_text(sensed.value, q("/System/MaxCellVoltage").spec().text);
    return sensed.where.empty() ? voltage : voltage + " (" + sensed.where + ")";
  };
  return text + "; cells from " + cell(*cells.lowest) + " to " + cell(*cells.highest);
}

}  // namespace dmb::status
