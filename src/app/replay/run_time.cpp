// SPDX-License-Identifier: MIT
#include "app/replay/run_time.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>

namespace dmb::replay {
namespace {

/// Of a recording anything may say so; years beyond these cannot be written.
constexpr std::int64_t kLatestS = 253'402'300'799;  // 9999-12-31 23:59:59

}  // namespace

std::string RunTime::elapsed(Instant now) const {
  const auto total = std::chrono::duration_cast<std::chrono::milliseconds>(now - began_at_);
  const std::chrono::hh_mm_ss time{std::max(total, std::chrono::milliseconds(0))};
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%lld:%02lld:%02lld.%03lld",
                static_cast<long long>(time.hours().count()),
                static_cast<long long>(time.minutes().count()),
                static_cast<long long>(time.seconds().count()),
                static_cast<long long>(time.subseconds().count()));
  return text.data();
}

std::string RunTime::clock(Instant now) const {
  const auto passed = std::chrono::duration_cast<std::chrono::seconds>(now - began_at_);
  const std::int64_t wall_s = std::clamp(wall_time_s_, std::int64_t{0}, kLatestS) + passed.count();
  const std::chrono::sys_seconds when{
      std::chrono::seconds(std::clamp(wall_s, std::int64_t{0}, kLatestS))};
  const auto day = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{when - day};
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02lld:%02lld:%02lld",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<long long>(time.hours().count()),
                static_cast<long long>(time.minutes().count()),
                static_cast<long long>(time.seconds().count()));
  return text.data();
}

}  // namespace dmb::replay
