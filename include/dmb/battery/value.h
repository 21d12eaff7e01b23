// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace dmb {

/// A value as it stands on the bus: `d`, `i` or `s`. A double is always finite.
using Value = std::variant<double, std::int32_t, std::string>;

/// nullopt is "invalid" on the bus: an empty `ai`. Absent is never 0.
using OptValue = std::optional<Value>;

/// Monotonic time: a wall-clock jump changes nothing. Core is handed it and never
/// asks a clock itself.
using Instant = std::chrono::steady_clock::time_point;

/// The earlier of two times; nullopt is "never".
inline std::optional<Instant> earlier(std::optional<Instant> a, std::optional<Instant> b) {
  if (!a || !b) return a ? a : b;
  return *a < *b ? a : b;
}

}  // namespace dmb
