// SPDX-License-Identifier: MIT
#include "dmb/device/note.h"

#include "dmb/codec/text.h"

namespace dmb {

std::string_view describe_stop(Cause cause) {
  switch (cause) {
    case Cause::charge_voltage_refused:
      return "its /Info/MaxChargeVoltage cannot be right";
    case Cause::charge_voltage_lost:
      return "the payload does not give /Info/MaxChargeVoltage any more";
    case Cause::charge_blocked:
      return "the battery does not let itself be charged (/Io/AllowToCharge 0)";
    case Cause::not_usable:
      return "the payload gives no usable /Info/MaxChargeCurrent";
    // Not of an MQTT battery, or no stop of their own. Each is named, so that a new one is not
    // forgotten here.
    case Cause::silence:
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

std::string describe(const note::MessageUnused& unused) {
  const bool no_value = unused.fault == MessageFault::no_value;
  return "topic " + printable(unused.topic) + ": " + unused.what +
         (no_value ? " is told without a usable value, which is no sign of life" : "");
}

}  // namespace dmb
