// SPDX-License-Identifier: MIT
#include "words.h"

#include "dmb/battery/shortest.h"
#include "dmb/control/guard.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace dmb::why {
namespace {

constexpr std::string_view kPassing = " (over, more follows)";

std::string number(const std::optional<double>& value, double per_unit, const char* unit) {
  if (!value || !std::isfinite(*value)) return "unknown";
  const double rounded = std::round(*value * per_unit) / per_unit;
  return shortest(rounded == 0 ? 0.0 : rounded) + unit;  // never "-0"
}

/// Where "…: 20 A" says again what the value says; npos: it does not.
std::size_t value_begins(std::string_view why) {
  if (!why.ends_with(" A")) return std::string_view::npos;
  const std::size_t colon = why.rfind(": ");
  if (colon == std::string_view::npos) return colon;
  const std::string_view digits = why.substr(colon + 2, why.size() - colon - 4);
  const bool is_number = !digits.empty() && digits.find_first_not_of("0123456789.") == digits.npos;
  return is_number ? colon : std::string_view::npos;
}

std::string_view without_passing(std::string_view why) {
  return why.ends_with(kPassing) ? why.substr(0, why.size() - kPassing.size()) : why;
}

}  // namespace

std::string amps(const std::optional<double>& current_a) {
  return number(current_a, 10, " A");
}

std::string volts(const std::optional<double>& voltage_v) {
  return number(voltage_v, 100, " V");
}

bool is_unlimited(const std::optional<double>& current_a) {
  return current_a && *current_a >= kNoCurrentLimitA;
}

std::string reason(std::string_view why) {
  for (const std::string_view stopped : {"charging is stopped: ", "discharging is stopped: "})
    if (why.starts_with(stopped)) return std::string(why.substr(stopped.size()));
  const std::string_view cause = without_passing(why);
  const std::size_t value = value_begins(cause);
  if (value == std::string_view::npos) return std::string(why);
  return std::string(cause.substr(0, value)) + std::string(why.substr(cause.size()));
}

std::string allows(std::string_view limit, const status::LimitStatus& status) {
  const std::string why = reason(status.why);
  const std::string value = amps(status.value);
  // Something measured: "highest cell C7 3.451 V". What allows nothing, or is a sentence, is a
  // reason.
  const bool is_measured = value_begins(without_passing(status.why)) != std::string_view::npos &&
                           status.value != 0 && why.find(": ") == std::string::npos;
  if (is_measured) return why + " allows " + value;
  const std::string text = std::string(limit) + " " + value;
  return why.empty() ? text : text + " (" + why + ")";
}

std::string next_limit(std::string_view limit, const status::LimitStatus& status) {
  const status::VoteStatus* next = nullptr;
  for (const status::VoteStatus& vote : status.votes)
    if (vote.value > status.value.value_or(0) && (next == nullptr || vote.value < next->value))
      next = &vote;
  if (next == nullptr) return "";
  if (is_unlimited(next->value)) return "without that: no limit";
  return "without that: " + allows(limit, {next->value, next->why, false});
}

}  // namespace dmb::why
