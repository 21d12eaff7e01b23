// SPDX-License-Identifier: MIT
#include "dmb/config/problems.h"

#include <algorithm>
#include <utility>

namespace dmb {
namespace {

using Severity = ConfigProblem::Severity;
constexpr std::size_t kKeptPerSeverity = 100;

std::size_t index_of(Severity severity) {
  return static_cast<std::size_t>(severity);
}

}  // namespace

bool Problems::is_full(Severity severity) const {
  return counts_.at(index_of(severity)) >= kKeptPerSeverity;
}

void Problems::add(const ConfigProblem& problem) {
  if (!is_full(problem.severity)) kept_.push_back(problem);
  ++counts_.at(index_of(problem.severity));
}

std::size_t Problems::error_count() const {
  return counts_.at(index_of(Severity::error));
}

std::vector<ConfigProblem> Problems::sorted() const {
  std::vector<ConfigProblem> result = kept_;
  std::stable_sort(result.begin(), result.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
  for (const Severity severity : {Severity::error, Severity::warning, Severity::info}) {
    const std::size_t count = counts_.at(index_of(severity));
    if (count <= kKeptPerSeverity) continue;
    const std::string more = std::to_string(count - kKeptPerSeverity);
    result.push_back({.severity = severity,
                      .line = result.back().line,
                      .section = {},
                      .key = {},
                      .message = "and " + more + " more like these, not shown"});
  }
  return result;
}

SpotProblems::SpotProblems(Problems& list, ConfigSpot spot) : list_(list), spot_(std::move(spot)) {}

void SpotProblems::error(std::string message) const {
  add(Severity::error, std::move(message));
}
void SpotProblems::warning(std::string message) const {
  add(Severity::warning, std::move(message));
}
void SpotProblems::info(std::string message) const {
  add(Severity::info, std::move(message));
}

void SpotProblems::add(Severity severity, std::string message) const {
  list_.add({.severity = severity,
             .line = spot_.line,
             .section = spot_.section,
             .key = spot_.key,
             .message = std::move(message)});
}

}  // namespace dmb
