// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/stop_cause.h"
#include "dmb/control/charge_reason.h"
#include "dmb/control/manual_reason.h"

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace dmb {

/// Members stop it, or did until a moment ago.
struct StopReason {
  std::vector<MemberStop> members;
  /// All of them are well again; it is released so long after that.
  std::optional<std::chrono::seconds> released_after;
  bool operator==(const StopReason&) const = default;
};

/// A part of the bank is missing, disconnected, switched off, or has just come back.
struct ShareReason {
  bool nobody_heard = false;
  std::size_t lost = 0;
  std::size_t expected = 0;               ///< of which they are lost
  std::vector<std::string> disconnected;  ///< names of members
  std::vector<std::string> switched_off;  ///< by a person; likewise
  /// Some are back; what they add may be used so long after that.
  std::optional<std::chrono::seconds> follows_after;
  std::optional<int> percent;  ///< of what is configured, where it is limited to a part of that
  bool of_batteries = false;   ///< else of shunts
  bool operator==(const ShareReason&) const = default;
};

/// The limits that members tell decide, or that they block.
struct MemberReason {
  /// One that carries no current.
  struct Blocked {
    std::string name;
    std::string why;  ///< for people
    bool operator==(const Blocked&) const = default;
  };
  bool charging = true;  ///< else it is about discharging
  std::vector<Blocked> blocked;
  std::vector<std::string> lost;  ///< names of those whose last limits still count
  std::string least;              ///< whose limit for its share decides; empty: all together
  bool stopped_for_lost = false;  ///< so configured
  bool none_tells = false;        ///< of those that carry the current
  bool flows = false;             ///< current, through one that blocks
  /// It is over, and the limit rises so long after that.
  std::optional<std::chrono::seconds> rises_after;
  bool operator==(const MemberReason&) const = default;
};

/// Why a bank cannot be used, though it is on the bus or might be.
enum class BankTrouble : std::uint8_t { nobody_heard, charge_voltage_misfit, no_battery_heard };

/// Why a bank limits, where the Cause does not say it all; mostly there is nothing to say. Goes
/// from the vote by the limit to log, bus and status: copies share what they tell.
class LimitReason {
 public:
  using What =
      std::variant<StopReason, ShareReason, BankTrouble, MemberReason, ChargeReason, ManualReason>;

  LimitReason() = default;
  template <typename T>
  requires std::constructible_from<What, T> LimitReason(T what)
      : what_(std::make_shared<const What>(std::move(what))) {}

  /// Null: nothing.
  const What* what() const { return what_.get(); }
  bool operator==(const LimitReason& other) const {
    return what_ == other.what_ || (what_ && other.what_ && *what_ == *other.what_);
  }

 private:
  std::shared_ptr<const What> what_;
};

// For people: the log, the status, and the text beside the limits on the bus. May hold names that
// others chose; empty where there is nothing to tell.
std::string describe(BankTrouble trouble);
std::string describe(const LimitReason& reason);

/// Whether nothing but numbers of a charge control or of a person's wish differs: the log need not
/// tell that again.
bool same_cause(const LimitReason& a, const LimitReason& b);
/// Something that a person should look at; else it limits as it does every day.
bool is_trouble(const LimitReason& reason);

}  // namespace dmb
