// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace dmb::test {

/// Generous: tests run in parallel and under sanitizers.
inline constexpr std::chrono::seconds kDeadline{20};

/// Polls until `condition` holds; false when it does not within the deadline.
inline bool wait_for(const std::function<bool()>& condition,
                     std::chrono::milliseconds deadline = kDeadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return condition();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace dmb::test
