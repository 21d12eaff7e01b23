// SPDX-License-Identifier: MIT
#include "dmb/config/parse.h"

#include "dmb/codec/text.h"
#include "dmb/config/build.h"
#include "dmb/config/ini_text.h"
#include "dmb/config/problems.h"
#include "dmb/config/settings.h"

#include <array>
#include <cstddef>
#include <utility>

namespace dmb {
namespace {

Config build_config(const Settings& settings, const Presets& presets, std::string_view device_id,
                    Problems& problems) {
  Config config;
  constexpr std::array kLevels{LogLevel::error, LogLevel::warning, LogLevel::info, LogLevel::debug,
                               LogLevel::warning};
  if (const auto level = Scope{&settings.of(Family::general)}.get<int>("logging")) {
    config.log_level = kLevels.at(static_cast<std::size_t>(*level));
  }
  const Sources sources = choose_sources(settings, problems);
  Claims claims;
  if (sources.mqtt) {
    config.broker = build_broker(settings, problems);
    config.batteries = build_batteries(settings, presets, problems, claims);
  }
  if (sources.shunts) {
    config.shunts = build_shunts(settings, problems);
    claim_shunts(settings, *config.shunts, claims);
  }
  if (sources.banks) config.banks = build_banks(settings, config.batteries, problems, claims);
  build_charge_controls(settings, config, problems);
  config.record = build_record(settings);
  config.publish = build_publish(settings, config.broker, device_id, problems);
  check_loops(settings, config, problems);
  check_claims(claims, problems);
  report_settings(settings, sources, problems);
  return config;
}

}  // namespace

ConfigResult parse_config(std::string_view text, const Presets& presets,
                          std::string_view device_id) {
  Problems problems;
  ConfigResult result;
  const IniDocument document = read_ini(text, problems);
  if (document.readable) {
    Config config = build_config(check_settings(document, problems), presets, device_id, problems);
    if (problems.error_count() == 0) result.config = std::move(config);
  }
  result.problems = problems.sorted();
  return result;
}

Config config_without_file() {
  Config config;
  config.shunts.emplace();
  return config;
}

std::string describe(const ConfigProblem& problem, std::string_view file) {
  std::string text(file);
  if (problem.line > 0) text += ':' + std::to_string(problem.line);
  text += ": ";
  if (!problem.section.empty()) {
    text += '[' + printable(problem.section) + ']';
    text += problem.key.empty() ? ": " : " ";
  }
  if (!problem.key.empty()) text += printable(problem.key) + ": ";
  return text + problem.message;
}

}  // namespace dmb
