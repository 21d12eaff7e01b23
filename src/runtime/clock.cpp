// SPDX-License-Identifier: MIT
#include "runtime/clock.h"

#include <chrono>
#include <ctime>

namespace dmb {
namespace {

std::chrono::nanoseconds read_clock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace

Instant clock_now() {
  return Instant(read_clock(CLOCK_BOOTTIME));
}

std::optional<std::chrono::sys_days> date_now() {
  // A clock that runs since the power came stands decades back.
  constexpr std::chrono::sys_days kFirstPossible = std::chrono::year{2025} / 1 / 1;
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  return today >= kFirstPossible ? std::optional(today) : std::nullopt;
}

Instant at_monotonic(std::uint64_t usec) {
  return clock_now() + (std::chrono::microseconds(usec) - read_clock(CLOCK_MONOTONIC));
}

}  // namespace dmb
