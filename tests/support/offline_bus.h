// SPDX-License-Identifier: MIT
#pragma once

#include "runtime/unique_fd.h"

#include <systemd/sd-bus.h>

#include <memory>

namespace dmb::test {

/// A bus connection to nobody, for messages that are written, sealed and read in one place.
class OfflineBus {
 public:
  OfflineBus();

  struct Release {
    void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
  };
  using Message = std::unique_ptr<sd_bus_message, Release>;

  /// A signal to be written.
  Message new_message(const char* path = "/") const;
  /// Done with writing: what follows is reading, from the start.
  static void seal(const Message& message);

 private:
  struct Close {
    void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }
  };
  UniqueFd other_end_;
  std::unique_ptr<sd_bus, Close> bus_;
};

}  // namespace dmb::test
