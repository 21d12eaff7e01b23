// SPDX-License-Identifier: MIT
#pragma once

#include "dbus/bus.h"
#include "runtime/loop.h"

#include <functional>
#include <memory>
#include <string>

namespace dmb {

/// Answers `dbus-mqtt-battery --status` and `--forget`: a bus name of this process outside
/// com.victronenergy, so that no consumer of batteries sees it, and two methods that return one
/// text. Costs a connection and nothing else until somebody asks. Never a reason to end: what goes
/// wrong is one INFO line.
class StatusServer {
 public:
  /// Works out the text; called on the loop for each question. What it throws is answered as an
  /// error.
  using Answer = std::function<std::string()>;
  /// The same for the shunt that is to be forgotten: 1 … 255 bytes of UTF-8, from anybody.
  using Forget = std::function<std::string(const std::string& name)>;

  /// Throws std::runtime_error when there is no bus. `loop` must outlive it.
  StatusServer(Loop& loop, Answer answer, Forget forget);
  ~StatusServer();
  StatusServer(const StatusServer&) = delete;
  StatusServer& operator=(const StatusServer&) = delete;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dmb
