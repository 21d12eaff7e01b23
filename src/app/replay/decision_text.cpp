// SPDX-License-Identifier: MIT
#include "app/replay/decision_text.h"

#include "dmb/battery/shortest.h"
#include "dmb/codec/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace dmb::replay {
namespace {

using record::DecidedLimit;
using record::Decision;

constexpr std::size_t kLongestWhy = 300;

struct Row {
  std::string_view name;
  std::string_view unit;
  std::optional<DecidedLimit> Decision::*limit;
};
constexpr std::array kRows{Row{"CVL", " V", &Decision::max_charge_voltage_v},
                           Row{"CCL", " A", &Decision::max_charge_current_a},
                           Row{"DCL", " A", &Decision::max_discharge_current_a}};

/// With as many decimals as a limit has on the bus.
std::string value_text(const DecidedLimit& limit, std::string_view unit) {
  if (!limit.value) return "no value";
  constexpr double kSteps = 1e4;
  const double rounded = std::round(*limit.value * kSteps) / kSteps;
  return shortest(rounded + 0.0) + std::string(unit);
}

std::string why_text(const DecidedLimit& limit) {
  return printable(limit.why, kLongestWhy);
}

std::string describe_limit(const Row& row, const std::optional<DecidedLimit>& before,
                           const std::optional<DecidedLimit>& now) {
  std::string text(row.name);
  if (!now) return text + " is not there any more";
  text += ' ';
  const std::string value = value_text(*now, row.unit);
  if (before) {
    const std::string was = value_text(*before, row.unit);
    if (was != value) text += was + " -> ";
  }
  return text + value + ": " + why_text(*now);
}

std::vector<std::string> words_of(std::string_view why) {
  std::vector<std::string> words(1);
  for (const char c : why) {
    if (c == ' ')
      words.emplace_back();
    else if (c != ',' && c != ';')
      words.back() += c;
  }
  std::ranges::sort(words);
  return words;
}

/// Members stand in the order of their ids, which is another one where those are masked.
bool same_but_for_order(const std::string& a, const std::string& b) {
  return a == b || words_of(a) == words_of(b);
}

bool same(const std::optional<DecidedLimit>& a, const std::optional<DecidedLimit>& b) {
  constexpr double kLastDigits = 1e-6;
  if (!a || !b) return a.has_value() == b.has_value();
  if (!same_but_for_order(a->why, b->why)) return false;
  if (a->value.has_value() != b->value.has_value()) return false;
  return !a->value || std::abs(*a->value - *b->value) <= kLastDigits;
}

}  // namespace

std::vector<std::string> describe_change(const std::optional<Decision>& before,
                                         const Decision& decision) {
  std::vector<std::string> lines;
  if (!before && !decision.is_present) lines.emplace_back("is not on the bus yet");
  const bool was_present = before && before->is_present;
  if (!was_present && decision.is_present) lines.emplace_back("comes to the bus");
  for (const Row& row : kRows) {
    const auto was = before ? (*before).*row.limit : std::nullopt;
    const auto& now = decision.*row.limit;
    if (was != now) lines.push_back(describe_limit(row, was, now));
  }
  if (was_present && !decision.is_present) lines.emplace_back("leaves the bus");
  return lines;
}

std::string describe(const Decision& decision) {
  std::string text = decision.is_present ? "on the bus" : "not on the bus";
  for (const Row& row : kRows) {
    const auto& limit = decision.*row.limit;
    text += limit ? ", " : ", no ";
    text += row.name;
    if (limit) text += ' ' + value_text(*limit, row.unit) + " (" + why_text(*limit) + ')';
  }
  return text;
}

bool same(const Decision& a, const Decision& b) {
  if (a.is_present != b.is_present) return false;
  for (const Row& row : kRows)
    if (!same(a.*row.limit, b.*row.limit)) return false;
  return true;
}

}  // namespace dmb::replay
