// SPDX-License-Identifier: MIT
#include "dmb/codec/text.h"
#include "log/telling.h"

namespace dmb {
namespace {

constexpr std::size_t kMaxTrial = 800;

}  // namespace

std::string Narrator::Telling::battery(const std::string& topic) const {
  return names.device + " (topic " + printable(topic) + ")";
}

void Narrator::Telling::operator()(const note::FirstMessage& first) const {
  say_of_life(spdlog::level::info, "{}: first message", battery(first.topic));
}

void Narrator::Telling::operator()(const note::MessagesBack& back) const {
  say_of_life(spdlog::level::warn, "{}: messages are back", battery(back.topic));
}

void Narrator::Telling::operator()(const note::SourceGone& gone) const {
  say_of_life(spdlog::level::warn, "{}: topic {} says that the device is gone", names.device,
              printable(gone.topic));
}

void Narrator::Telling::operator()(const note::BatterySilent& silent) const {
  say_of_life(spdlog::level::warn, "{}: no valid message for {} s; its values are withdrawn{}",
              battery(silent.topic), silent.timeout.count(),
              silent.charge_stopped ? ", charging is stopped (CCL 0)" : "");
}

void Narrator::Telling::operator()(const note::BatteryLeft& left) const {
  say_of_life(spdlog::level::err, "{}: still silent; {} leaves the bus until a message arrives",
              battery(left.topic), names.bus);
}

void Narrator::Telling::operator()(const note::ChargeVoltageRefused&) const {
  say_of_limits(
      spdlog::level::err,
      "{}: /Info/MaxChargeVoltage must be 0.85 to 1.4 times the measured voltage, and is not: it "
      "is not used. Look at its unit, and whether it is this battery's",
      names.device);
}

void Narrator::Telling::operator()(const note::ChargeStopped& stopped) const {
  say_of_limits(spdlog::level::warn, "{}: {}: charging is stopped (CCL 0)", names.device,
                describe_stop(stopped.cause));
}

void Narrator::Telling::operator()(const note::ChargeLimitsBack&) const {
  say_of_limits(spdlog::level::warn, "{}: the charge limits are back", names.device);
}

void Narrator::Telling::operator()(const note::ChargeVoltageLowered& lowered) const {
  say_of_limits(spdlog::level::warn, "{}: {}: CVL lowered to {:.1f} V", names.device,
                lowered.current_known
                    ? "charging goes on although CCL is 0 (feed-in of DC-coupled PV?)"
                    : "CCL is 0, and no current tells whether charging stops",
                lowered.max_charge_voltage_v.value_or(0));
}

void Narrator::Telling::operator()(const note::TemperatureUnknown&) const {
  say_of_limits(spdlog::level::warn,
                "{}: no temperature is told: charge control cannot stop charging in the cold",
                names.device);
}

void Narrator::Telling::operator()(const note::ChargeGoalUnknown&) const {
  say_of_limits(spdlog::level::warn,
                "{}: no state of charge is told, so charging does not stop where the slider is",
                names.device);
}

/// A warning, or nobody would see what was asked for.
void Narrator::Telling::operator()(const note::TrialHourOver& over) const {
  spdlog::warn("{}: control = 0, its limits in the last hour: {}", names.device,
               printable(describe(over.hour), kMaxTrial));
}

void Narrator::Telling::operator()(const note::Switched& switched) const {
  constexpr std::size_t kMaxText = 200;
  say(narrator.switches_, "The switches of " + names.device,
      switched.is_refused ? spdlog::level::warn : spdlog::level::info, "{}: {}", names.device,
      printable(switched.what, kMaxText));
}

void Narrator::Telling::operator()(const note::ChargeVoltageBack& back) const {
  if (back.max_charge_voltage_v)
    say_of_limits(spdlog::level::warn, "{}: CVL is back at {:.1f} V", names.device,
                  *back.max_charge_voltage_v);
  else
    say_of_limits(spdlog::level::warn, "{}: CVL is back at what the payload gives", names.device);
}

void Narrator::Telling::operator()(const note::DischargeLimitKept&) const {
  say_of_limits(
      spdlog::level::warn,
      "{}: the payload does not give /Info/MaxDischargeCurrent any more: the last one stays",
      names.device);
}

void Narrator::Telling::operator()(const note::DischargeStopped&) const {
  say_of_limits(
      spdlog::level::warn,
      "{}: the payload gives no usable /Info/MaxDischargeCurrent: discharging is stopped (DCL 0)",
      names.device);
}

}  // namespace dmb
