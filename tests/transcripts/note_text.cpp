// SPDX-License-Identifier: MIT
#include "note_text.h"

#include <iomanip>
#include <sstream>

namespace dmb::test {
namespace {

std::string volts(double voltage_v) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(2) << voltage_v << " V";
  return out.str();
}

std::string trouble(BankTrouble trouble) {
  return trouble == BankTrouble::nobody_heard ? "nobody heard" : "charge voltage misfit";
}

std::string words(Standing standing) {
  switch (standing) {
    case Standing::counted:
      return "counts";
    case Standing::disconnected:
      return "disconnected";
    case Standing::not_connected:
      return "not connected";
    case Standing::no_voltage:
      return "no voltage";
    case Standing::no_alarms:
      return "no alarms";
    case Standing::other_bank:
      break;
  }
  return "other bank";
}

struct Writer {
  std::string operator()(const note::NobodyFound&) const { return "nobody found"; }
  std::string operator()(const note::MemberGone& gone) const {
    return "member gone: " + gone.name + ", " + std::to_string(gone.left) + " left";
  }
  std::string operator()(const note::MemberStanding& member) const {
    return "member standing: " + member.name + ": " + words(member.standing);
  }
  std::string operator()(const note::CapacityUnknown& member) const {
    return "capacity unknown: " + member.name;
  }
  std::string operator()(const note::ChargedVoltagesDiffer& differ) const {
    return "charged voltages differ: " + differ.name + " " + volts(differ.voltage_v) + ", " +
           differ.other + " " + volts(differ.other_voltage_v);
  }
  std::string operator()(const note::LimitChanged& limit) const {
    const std::string what = limit.current == note::Current::charge ? "charge" : "discharge";
    if (!limit.allowed) return what + " stopped: " + limit.reason;
    return what + " allowed" + (limit.reason.empty() ? "" : ": " + limit.reason);
  }
  std::string operator()(const note::ChargeVoltageLowered& lowered) const {
    return "charge voltage lowered: " + volts(lowered.max_charge_voltage_v);
  }
  std::string operator()(const note::ChargeVoltageBack& back) const {
    return "charge voltage back: " + volts(back.max_charge_voltage_v);
  }
  std::string operator()(const note::ChargeVoltageMisfit& misfit) const {
    return "charge voltage misfit: " + volts(misfit.configured_v) + " at " +
           volts(misfit.measured_v);
  }
  std::string operator()(const note::BankHolding& holding) const {
    return "holding: " + trouble(holding.trouble);
  }
  std::string operator()(const note::BankLeft& left) const {
    return "left: " + trouble(left.trouble);
  }
};

}  // namespace

std::string text_of(const Note& note) {
  return std::visit(Writer{}, note);
}

}  // namespace dmb::test
