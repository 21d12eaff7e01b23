// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/control/limit_reason.h"

#include <bitset>
#include <cstdint>
#include <span>

namespace dmb {

/// What a battery limits: CVL in V, CCL and DCL in A.
enum class Limit : std::uint8_t { charge_voltage, charge_current, discharge_current };

/// Why a limit is what it is. Of equal votes the cause that stands first here is told. Those before
/// `configured` are what log and status tell of as a stop.
enum class Cause : std::uint8_t {
  silence,                 ///< nobody is heard any more
  charge_voltage_refused,  ///< a CVL is given that cannot be this battery's
  charge_voltage_lost,     ///< CVL was given and is not any more
  charge_blocked,          ///< the battery says that it does not let itself be charged
  alarm,                   ///< of a member, or its temperature; and for a while afterwards
  share,                   ///< a part of the bank is missing, or has just come back
  not_usable,              ///< what is given is no limit, or was given and is not any more
  goes_on,                 ///< charging goes on although CCL is 0: CVL is lowered
  kept,                    ///< not given any more: the last one
  manual,                  ///< a person wants no more
  configured,
  given,           ///< the battery's own word
  unlimited,       ///< a number must stand there, and nobody limits: kNoCurrentLimitA
  charge_control,  ///< cells, temperatures or the state of charge, without being an alarm
  cause_count,
};

/// Which of them are in play.
using Causes = std::bitset<static_cast<std::size_t>(Cause::cause_count)>;
constexpr std::size_t bit_of(Cause cause) {
  return static_cast<std::size_t>(cause);
}

/// What one of those who may limit wants.
struct Vote {
  Limit limit = Limit::charge_current;
  double value = 0;  ///< V or A, not negative
  Cause cause = Cause::given;
  LimitReason reason = {};
  bool operator==(const Vote&) const = default;
};

/// The vote that wins: the lowest, for nobody may charge more than anybody allows. Null without
/// one.
const Vote* decide(std::span<const Vote> votes, Limit limit);
/// The same of what a person wants, and of all the rest.
const Vote* decide_manual(std::span<const Vote> votes, Limit limit);
const Vote* decide_without_manual(std::span<const Vote> votes, Limit limit);

}  // namespace dmb
