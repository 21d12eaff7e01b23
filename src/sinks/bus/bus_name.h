// SPDX-License-Identifier: MIT
#pragma once

#include "dbus/bus.h"
#include "runtime/loop.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace dmb {

/// Takes a well-known bus name and keeps it until destroyed. Asynchronous, never queues, never
/// replaces. When another process owns it: one ERROR line that names the service and the owner's
/// process, then a quiet try every `retry_every`.
class BusName {
 public:
  /// Called on the loop each time the name becomes ours; must not destroy the BusName.
  using Acquired = std::function<void()>;
  static constexpr std::chrono::seconds kRetryEvery{10};

  /// `bus` and `loop` must outlive it.
  BusName(Bus& bus, Loop& loop, std::string name, Acquired on_acquired,
          std::chrono::milliseconds retry_every = kRetryEvery);
  ~BusName();  ///< releases the name
  BusName(const BusName&) = delete;
  BusName& operator=(const BusName&) = delete;

  bool owned() const;
  /// Who has it instead ("python3 x.py (pid 12)"), or the daemon's refusal; empty while it is ours
  /// or not decided.
  const std::string& taken_by() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dmb
