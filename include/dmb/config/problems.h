// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/parse.h"

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace dmb {

/// Gathers what is wrong with a configuration. A ruined file of a million lines must not become a
/// million messages: of each severity the first 100 are kept and the rest is counted.
class Problems {
 public:
  void add(const ConfigProblem& problem);
  std::size_t error_count() const;
  /// Whether one more of that severity is only counted: its message need not be made up.
  bool is_full(ConfigProblem::Severity severity) const;
  /// Everything gathered, in line order; what concerns no line comes first.
  std::vector<ConfigProblem> sorted() const;

 private:
  std::vector<ConfigProblem> kept_;
  std::array<std::size_t, 3> counts_{};  ///< by severity
};

/// Where a problem is: a line, and the names the user wrote there.
struct ConfigSpot {
  int line = 0;
  std::string section = {};
  std::string key = {};
};

/// Reports problems of one spot. The list must outlive it.
class SpotProblems {
 public:
  SpotProblems(Problems& list, ConfigSpot spot);
  void error(std::string message) const;
  void warning(std::string message) const;
  void info(std::string message) const;

 private:
  void add(ConfigProblem::Severity severity, std::string message) const;

  Problems& list_;
  ConfigSpot spot_;
};

}  // namespace dmb
