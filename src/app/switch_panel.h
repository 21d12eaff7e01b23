// SPDX-License-Identifier: MIT
#pragma once

#include "app/device_host.h"
#include "dmb/device/device.h"
#include "dmb/device/switches.h"
#include "runtime/loop.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dmb {

/// The switches of one battery or bank: joins them with its device, which does what they say, with
/// its service, which shows them, and with what is kept of them.
class SwitchPanel {
 public:
  /// All of them must outlive it.
  SwitchPanel(Loop& loop, Device& device, DeviceHost& host);
  SwitchPanel(const SwitchPanel&) = delete;
  SwitchPanel& operator=(const SwitchPanel&) = delete;

  /// From now on these, and the device knows how they stand before its next view(). nullopt: there
  /// are none, and what they did ends.
  void offer(std::optional<SwitchOffer> offer);
  /// After each view() of the device; as Switches::show().
  void show(bool has_limits, bool charges_full);
  /// Somebody wants that it looks anew at what is there: true once for each time.
  bool take_redetect() { return std::exchange(redetect_, false); }
  /// See Switches.
  std::string summary() const { return switches_.summary(); }

 private:
  void turn_off();
  void recall();
  std::optional<OptValue> write(std::string_view path, const OptValue& value);
  void press(Switches::Press press);
  /// What they say reaches the device; what they noted the log.
  void apply();

  Loop& loop_;
  Device& device_;
  DeviceHost& host_;
  std::optional<SwitchOffer> offer_;
  Switches switches_;
  bool redetect_ = false;
};

}  // namespace dmb
