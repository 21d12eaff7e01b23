// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/parse.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace dmb::test {

using Severity = ConfigProblem::Severity;

inline std::vector<ConfigProblem> with_severity(const ConfigResult& result, Severity severity) {
  std::vector<ConfigProblem> found;
  std::copy_if(result.problems.begin(), result.problems.end(), std::back_inserter(found),
               [=](const ConfigProblem& problem) { return problem.severity == severity; });
  return found;
}

inline std::vector<ConfigProblem> errors(const ConfigResult& result) {
  return with_severity(result, Severity::error);
}
inline std::vector<ConfigProblem> warnings(const ConfigResult& result) {
  return with_severity(result, Severity::warning);
}
inline std::vector<ConfigProblem> hints(const ConfigResult& result) {
  return with_severity(result, Severity::info);
}

/// One line per problem, for failure messages and searches.
inline std::string all_of(const std::vector<ConfigProblem>& problems) {
  std::string text;
  for (const ConfigProblem& problem : problems) text += describe(problem, "config.ini") + '\n';
  return text;
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// The Config of a text that must be fine, warnings aside.
inline Config config_of(std::string_view text) {
  const ConfigResult result = parse_config(text);
  EXPECT_TRUE(result.config) << text << "\n" << all_of(result.problems);
  return result.config.value_or(Config{});
}

/// A valid config with one MQTT battery; `mqtt` are more lines of [MQTT].
inline std::string mqtt_config(std::string_view mqtt = {}) {
  return "[MQTT]\nbroker_address = broker.local\ntopic = home/battery\n" + std::string(mqtt) + "\n";
}

inline std::string read_sample() {
  std::ifstream file(DMB_SOURCE_DIR "/config.sample.ini", std::ios::binary);
  EXPECT_TRUE(file) << "config.sample.ini is missing";
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << "not found: " << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

}  // namespace dmb::test
