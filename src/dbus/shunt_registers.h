// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/codec/vreg.h"
#include "dmb/dbus/bus.h"

#include "sdbus_compat.h"
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace dmb {

/// Reads the settings of one SmartShunt from its registers (contract 3.4, VregLink), once, one
/// after another: the link behind may be slow. What cannot be read stays unknown; one INFO line
/// says what and why.
class ShuntRegisters {
 public:
  /// `owner` is the unique name, `label` what to call the shunt in the log, `timeout` that of each
  /// call. `changed` is called
  /// after a value came, and must not destroy this object.
  ShuntRegisters(Bus& bus, const std::string& owner, std::string label,
                 std::chrono::milliseconds timeout, std::function<void()> changed);

  const ShuntSettings& settings() const { return settings_; }

 private:
  void ask();
  void on_answer(sd_bus_message* reply, const sdbus::Error* error);
  void on_refused(const sdbus::Error& error);
  void take(sd_bus_message* reply);
  void note_unknown(const std::string& why);
  void conclude() const;

  Loop& loop_;
  std::string label_;
  std::chrono::milliseconds timeout_;
  std::function<void()> changed_;
  ShuntSettings settings_;
  std::size_t next_ = 0;  ///< index into kShuntRegisters
  std::string unknown_;   ///< registers and reasons, for the log
  std::unique_ptr<sdbus::IProxy> link_;
};

}  // namespace dmb
