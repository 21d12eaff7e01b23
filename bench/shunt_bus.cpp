// SPDX-License-Identifier: MIT
#include "shunt_bus.h"

#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <string>

namespace dmb::bench {

std::int64_t now_ns() {
  return std::chrono::nanoseconds(Clock::now().time_since_epoch()).count();
}

int checked(int result, const char* what) {
  if (result < 0) throw std::runtime_error(std::string(what) + ": " + std::strerror(-result));
  return result;
}

void drain(sd_bus* bus) {
  while (checked(sd_bus_process(bus, nullptr), "read the bus") > 0) {
  }
  checked(sd_bus_flush(bus), "write to the bus");
}

sd_bus* open_bus() {
  sd_bus* bus = nullptr;
  checked(sd_bus_open_user(&bus), "connect to the bus");
  return bus;
}

BusPoller::BusPoller() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) throw std::runtime_error("cannot create an epoll");
}

BusPoller::~BusPoller() {
  close(epoll_);
}

void BusPoller::add(sd_bus* bus) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = bus;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, checked(sd_bus_get_fd(bus), "get descriptor"), &event) < 0) {
    throw std::runtime_error("cannot watch a connection");
  }
  drain(bus);  // what came while nobody polled is read, but not handled yet
}

void BusPoller::serve_until_readable(int descriptor) {
  pollfd both[] = {{descriptor, POLLIN, 0}, {epoll_, POLLIN, 0}};
  while (poll(both, 2, -1) >= 0 && both[0].revents == 0) turn(Clock::now());
}

void BusPoller::turn_until(Clock::time_point end) {
  do {
    turn(end);
  } while (Clock::now() < end);
}

void BusPoller::turn(Clock::time_point end) const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
  std::array<epoll_event, 64> ready{};
  const int count = epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()),
                               static_cast<int>(std::clamp<std::int64_t>(left, 0, 1000)));
  for (int i = 0; i < count; ++i) {
    drain(static_cast<sd_bus*>(ready[static_cast<std::size_t>(i)].data.ptr));
  }
}

}  // namespace dmb::bench
