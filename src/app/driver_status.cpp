// SPDX-License-Identifier: MIT
#include "app/driver.h"
#include "dmb/codec/text.h"
#include "dmb/status/json.h"
#include "runtime/identity.h"
#include "status_parts.h"

#include <spdlog/spdlog.h>

#include <unistd.h>

#include <exception>

namespace dmb {
namespace {

status::ConfigState state_of(bool has_config, bool errors, ConfigFile::State file) {
  if (!errors) return status::ConfigState::in_force;
  if (has_config) return status::ConfigState::outdated;
  return file == ConfigFile::State::missing ? status::ConfigState::missing
                                            : status::ConfigState::waiting;
}

}  // namespace

/// Without a bus there is nobody to ask; what needs the bus says so itself.
void Driver::offer_status() {
  if (status_server_) return;
  try {
    status_server_ = std::make_unique<StatusServer>(
        loop_, [this] { return to_json(status(loop_.now())); },
        [this](const std::string& name) { return to_json(forget(name)); });
  } catch (const std::exception& error) {
    spdlog::info("--status will not find this process: {}", printable(error.what(), 300));
  }
}

/// Of whichever bank knows the name; else the answer of the last one that was asked.
status::ForgetAnswer Driver::forget(const std::string& name) {
  status::ForgetAnswer answer;
  if (shunts_) answer = shunts_->forget(name);
  for (const auto& bank : banks_) {
    if (answer.outcome && answer.outcome != Forgetting::unknown) break;
    answer = bank->forget(name);
  }
  if (answer.outcome == Forgetting::forgotten || answer.outcome == Forgetting::several)
    return answer;
  if (const auto outcome = forget_sensors(name)) return {.outcome = outcome, .sensors = true};
  return answer;
}

/// Of whatever is called so; nullopt: nothing that has a charge control is.
std::optional<Forgetting> Driver::forget_sensors(const std::string& name) {
  std::optional<Forgetting> outcome;
  const auto ask = [&](const auto& device) {
    if (outcome != Forgetting::forgotten && device)
      if (const auto one = device->forget_sensors(name)) outcome = one;
  };
  for (const auto& battery : batteries_) ask(battery);
  for (const auto& bank : banks_) ask(bank);
  ask(shunts_);
  return outcome;
}

status::ProcessStatus Driver::status(Instant now) const {
  status::ProcessStatus status{.version = std::string(version()),
                               .pid = ::getpid(),
                               .uptime_s = age_s(started_at_, now).value_or(0),
                               .config = config_status()};
  if (mqtt_) status.broker = broker_status(now);
  status.publish = publishing_.status(now);
  for (const auto& battery : batteries_) status.batteries.push_back(battery->status(now));
  if (shunts_) status.aggregate = shunts_->status(now);
  for (const auto& bank : banks_) status.banks.push_back(bank->status(now));
  status.recording = tape_.status(now);
  return status;
}

/// What is on the bus, and what a bank hides.
std::vector<PublishedBattery> Driver::published_batteries() {
  std::vector<PublishedBattery> all;
  const Instant now = loop_.now();
  const auto add = [&all, now](const auto& app, const std::string& id, const std::string& name) {
    all.push_back({.id = id,
                   .name = name,
                   .present = app.is_present(),
                   .values = app.values(),
                   .about = [&app, now] { return about_json(app.status(now)); }});
  };
  for (const auto& battery : batteries_)
    add(*battery, battery->config().service_name, battery->config().device_name);
  const auto add_bank = [&add](const BankApp& bank) {
    add(bank, bank.description().service_name, bank.description().device_name);
  };
  if (shunts_) add_bank(*shunts_);
  for (const auto& bank : banks_) add_bank(*bank);
  return all;
}

status::ConfigStatus Driver::config_status() const {
  status::ConfigStatus status{.file = canonical_config_path(config_path_),
                              .digest = digest_of(config_file_)};
  for (const ConfigProblem& problem : problems_) {
    const std::string line = describe(problem, config_path_.filename().string());
    if (problem.severity == ConfigProblem::Severity::error) status.errors.push_back(line);
    if (problem.severity == ConfigProblem::Severity::warning) status.warnings.push_back(line);
  }
  status.state = state_of(config_.has_value(), !status.errors.empty(), config_file_.state);
  if (status.state == status::ConfigState::missing) status.errors.clear();
  return status;
}

status::BrokerStatus Driver::broker_status(Instant now) const {
  status::BrokerStatus status = status_of(*applied_.broker, broker_state_, now);
  status.last_message_age_s = age_s(received_.last_message_at, now);
  status.messages = received_.messages;
  status.refused_subscriptions = received_.refused_filters;
  return status;
}

}  // namespace dmb
