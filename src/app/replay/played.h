// SPDX-License-Identifier: MIT
#pragma once

#include "app/decision.h"
#include "dmb/config/config.h"
#include "dmb/device/device.h"
#include "dmb/record/line.h"
#include "sinks/bus/device_service.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace dmb::replay {

class PlayedBattery;

/// What stands as /Mgmt/Connection of a device that is played.
inline constexpr std::string_view kConnection = "recording";

/// One battery or bank that is played anew: the same device as in the daemon, without its loop,
/// bus and broker. What it is handed is what a recording says.
class Played {
 public:
  /// `service`: last part of its name on the bus, by which recordings and configs name it.
  explicit Played(std::string service) : service_(std::move(service)) {}
  virtual ~Played() = default;
  Played(const Played&) = delete;
  Played& operator=(const Played&) = delete;

  const std::string& service() const { return service_; }
  /// What it is called, as shown on the bus and in the log.
  virtual DeviceDescription description() const = 0;
  virtual const std::string& name() const = 0;  ///< likewise
  /// Null: it is a bank.
  virtual PlayedBattery* as_battery() { return nullptr; }
  /// What the log calls one of its members.
  virtual std::string_view member_word() const { return "shunt"; }
  virtual Device& device() = 0;

  /// It goes by `config` from now on, as `service`. False: that has no such device of its kind.
  virtual bool change(const Config& config, const std::string& service, Instant now) = 0;
  virtual void resume(const State& memory, Instant now) = 0;
  virtual void forget_sensors() = 0;
  /// Of banks; in any other device nothing.
  virtual void take(const record::MembersCame&, Instant) {}
  virtual void forget(const std::string&) {}
  virtual void redetect() {}

  /// When pass_time() and view() may make a difference without anything else.
  virtual std::optional<Instant> due(Instant now) { return device().next_change(now); }
  virtual void pass_time(Instant) {}
  /// Lets it show what is true now. What it decides, where that is something else than before.
  virtual std::optional<record::Decision> view(Instant now) = 0;
  /// As of the last view().
  const std::optional<record::Decision>& decision() const { return watch_.last(); }

 protected:
  std::string service_;
  DecisionWatch watch_;
};

}  // namespace dmb::replay
