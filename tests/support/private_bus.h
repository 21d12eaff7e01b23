// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace dmb::test {

/// A dbus-daemon of our own on a socket in a temporary folder; killed and removed at the end.
/// Throws when there is no dbus-daemon: a missing tool fails the test.
class PrivateBus {
 public:
  PrivateBus();
  ~PrivateBus();
  PrivateBus(const PrivateBus&) = delete;
  PrivateBus& operator=(const PrivateBus&) = delete;

  const std::string& address() const { return address_; }

  /// Sets DBUS_SESSION_BUS_ADDRESS for this process and those it starts from now on.
  void use_for_this_process() const;

  /// The daemon takes nothing until it goes on.
  void stand_still() const;
  void go_on() const;

  /// Ends the daemon at once, as a crash would.
  void kill();

 private:
  std::filesystem::path folder_;
  std::string address_;
  pid_t daemon_ = -1;
};

}  // namespace dmb::test
