// SPDX-License-Identifier: MIT
#include "log/narrator.h"

#include "dmb/codec/text.h"

#include <spdlog/spdlog.h>

namespace dmb {
namespace {

constexpr std::size_t kMaxReason = 300;

}  // namespace

/// One line, or none, for each kind of note.
struct Narrator::Telling {
  Narrator& narrator;
  const DeviceNames& names;
  Instant now;

  void operator()(const note::NobodyFound&) const {
    spdlog::warn(
        "{}: no SmartShunt on the bus yet; waiting for one (is it connected, or named in "
        "exclude_shunts?)",
        names.device);
  }

  void operator()(const note::MemberGone& gone) const {
    if (narrator.may_say(now))
      spdlog::warn("{}: shunt {} is gone; {} left", names.device, printable(gone.name), gone.left);
  }

  void operator()(const note::MemberForgotten& forgotten) const {
    spdlog::warn("{}: the missing shunt {} is forgotten, as --forget asked", names.device,
                 printable(forgotten.name));
  }

  void operator()(const note::MemberStanding& member) const {
    if (!narrator.may_say(now)) return;
    if (member.standing == Standing::counted)
      return spdlog::warn("{}: shunt {} counts again", names.device, printable(member.name));
    spdlog::warn("{}: shunt {} {}: {}", names.device, printable(member.name),
                 is_heard(member.standing) ? "is left out of the voltage" : "is not counted",
                 describe(member.standing));
  }

  void operator()(const note::CapacityUnknown& member) const {
    spdlog::warn(
        "{}: the battery capacity of shunt {} is not known yet, so that of the bank is not "
        "either; set total_capacity, or wait until its SoC is between 10 and 90 %",
        names.device, printable(member.name));
  }

  void operator()(const note::ChargedVoltagesDiffer& differ) const {
    spdlog::warn(
        "{}: shunt {} has a charged voltage of {:.1f} V, shunt {} one of {:.1f} V: set "
        "them alike, or their SoC will drift apart",
        names.device, printable(differ.name), differ.voltage_v, printable(differ.other),
        differ.other_voltage_v);
  }

  void operator()(const note::LimitChanged& limit) const {
    const bool charge = limit.current == note::Current::charge;
    TransitionLog& log = charge ? narrator.charging_ : narrator.discharging_;
    const char* what = charge ? "charging" : "discharging";
    const std::string reason = printable(limit.reason, kMaxReason);
    if (!limit.allowed)
      log.say(spdlog::level::warn, now, "{} stopped: {}", what, reason);
    else if (!limit.reason.empty())
      log.say(spdlog::level::warn, now, "{}: {}", what, reason);
    else
      log.say(spdlog::level::warn, now, "{} allowed again", what);
  }

  void operator()(const note::ChargeVoltageLowered& lowered) const {
    spdlog::warn(
        "{}: charging goes on although CCL is 0 (feed-in of DC-coupled PV?): CVL lowered to {:.1f} "
        "V",
        names.device, lowered.max_charge_voltage_v);
  }

  void operator()(const note::ChargeVoltageBack& back) const {
    spdlog::warn("{}: CVL is back at {:.1f} V", names.device, back.max_charge_voltage_v);
  }

  void operator()(const note::ChargeVoltageMisfit& misfit) const {
    spdlog::error(
        "{}: max_charge_voltage = {:.1f} V cannot be right for a bank that has {:.1f} V: no BMS is "
        "published. Set it to the charge voltage in the battery's data sheet",
        names.device, misfit.configured_v, misfit.measured_v);
  }

  void operator()(const note::BankHolding& holding) const {
    spdlog::warn("{}: {}: charging is stopped (CCL 0)", names.device, describe(holding.trouble));
  }

  void operator()(const note::BankLeft& left) const {
    if (narrator.may_say(now))
      spdlog::error("{}: {}; {} leaves the bus until that has changed", names.device,
                    describe(left.trouble), names.bus);
  }
};

void Narrator::tell(std::span<const Note> notes, const DeviceNames& names, Instant now) {
  for (const Note& note : notes) std::visit(Telling{*this, names, now}, note);
}

}  // namespace dmb
