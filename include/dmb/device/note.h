// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/domain/standing.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dmb {

/// Why a bank cannot be used, though it is on the bus or might be.
enum class BankTrouble : std::uint8_t { nobody_heard, charge_voltage_misfit };

/// For people: the log, and the reason beside the limits on the bus.
std::string_view describe(BankTrouble trouble);

/// What a device tells besides its values: facts, for the log to put into words. Each is told when
/// it becomes true, not while it stays so.
namespace note {

/// The first look round has ended without a member.
struct NobodyFound {};
struct MemberGone {
  std::string name;
  std::size_t left = 0;  ///< how many are there still
};
/// A missing member is not missed any more, because somebody asked for that.
struct MemberForgotten {
  std::string name;  ///< as that person called it
};
/// What a member counts for is not what it was; at first it is taken to count.
struct MemberStanding {
  std::string name;
  Standing standing = Standing::counted;
};
/// Nothing tells what the battery behind this member holds.
struct CapacityUnknown {
  std::string name;
};
/// Two members count as full at different voltages.
struct ChargedVoltagesDiffer {
  std::string name;
  double voltage_v = 0;
  std::string other;
  double other_voltage_v = 0;
};

enum class Current : std::uint8_t { charge, discharge };
/// What a bank's BMS allows; without a reason all that is configured.
struct LimitChanged {
  Current current = Current::charge;
  bool allowed = true;
  std::string reason;  ///< for people; may hold names that others chose
};
/// Charging goes on in spite of a stop: CVL went below what is configured …
struct ChargeVoltageLowered {
  double max_charge_voltage_v = 0;
};
/// … and is where it belongs again.
struct ChargeVoltageBack {
  double max_charge_voltage_v = 0;
};
/// The configured charge voltage cannot be that of this bank.
struct ChargeVoltageMisfit {
  double configured_v = 0;
  double measured_v = 0;
};

/// The bank shows its fail-safe limits for the last time …
struct BankHolding {
  BankTrouble trouble = BankTrouble::nobody_heard;
};
/// … and leaves the bus.
struct BankLeft {
  BankTrouble trouble = BankTrouble::nobody_heard;
};

}  // namespace note

using Note = std::variant<note::NobodyFound, note::MemberGone, note::MemberForgotten,
                          note::MemberStanding, note::CapacityUnknown, note::ChargedVoltagesDiffer,
                          note::LimitChanged, note::ChargeVoltageLowered, note::ChargeVoltageBack,
                          note::ChargeVoltageMisfit, note::BankHolding, note::BankLeft>;
using Notes = std::vector<Note>;

}  // namespace dmb
