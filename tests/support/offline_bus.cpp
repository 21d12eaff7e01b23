// SPDX-License-Identifier: MIT
#include "offline_bus.h"

#include <sys/socket.h>

#include <array>
#include <system_error>

namespace dmb::test {

namespace {

void check(int result, const char* what) {
  if (result < 0) throw std::system_error(-result, std::generic_category(), what);
}

}  // namespace

OfflineBus::OfflineBus() {
  std::array<int, 2> ends{-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0)
    throw std::system_error(errno, std::generic_category(), "socketpair");
  other_end_ = UniqueFd(ends[1]);
  sd_bus* bus = nullptr;
  check(sd_bus_new(&bus), "sd_bus_new");
  bus_.reset(bus);
  check(sd_bus_set_fd(bus, ends[0], ends[0]), "sd_bus_set_fd");
  check(sd_bus_start(bus), "sd_bus_start");
}

OfflineBus::Message OfflineBus::new_message(const char* path) const {
  sd_bus_message* message = nullptr;
  check(sd_bus_message_new_signal(bus_.get(), &message, path, "test.Interface", "Test"),
        "sd_bus_message_new_signal");
  return Message(message);
}

void OfflineBus::seal(const Message& message) {
  check(sd_bus_message_seal(message.get(), 1, 0), "sd_bus_message_seal");
  check(sd_bus_message_rewind(message.get(), 1), "sd_bus_message_rewind");
}

}  // namespace dmb::test
