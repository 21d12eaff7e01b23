// SPDX-License-Identifier: MIT
#include "app/driver.h"

#include "dmb/codec/text.h"
#include "dmb/codec/topic.h"
#include "runtime/identity.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace dmb {
namespace {

constexpr std::chrono::seconds kConfigPoll{10};
/// While a config works, half a file must not take its place.
constexpr std::chrono::seconds kConfigCalm{2};

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::debug:
      break;
  }
  return spdlog::level::debug;
}

void log_problems(const ConfigResult& result, const std::filesystem::path& path) {
  for (const ConfigProblem& problem : result.problems) {
    const std::string line = describe(problem, path.filename().string());
    switch (problem.severity) {
      case ConfigProblem::Severity::info:
        spdlog::info("{}", line);
        break;
      case ConfigProblem::Severity::warning:
        spdlog::warn("{}", line);
        break;
      case ConfigProblem::Severity::error:
        spdlog::error("{}", line);
        break;
    }
  }
}

void collect_settings(const std::string& name, KeptValues values, State& state) {
  if (values.empty())
    state.settings.erase(name);
  else
    state.settings[name] = std::move(values);
}

void collect(const BatteryApp& battery, State& state) {
  const std::string& name = battery.config().service_name;
  if (auto memory = battery.charge_memory()) state.charge_controls[name] = std::move(*memory);
  collect_settings(name, battery.kept_settings(), state);
}

void collect(const BankApp& bank, State& state) {
  const std::string& name = bank.description().service_name;
  state.banks[name] = bank.memory();
  if (auto memory = bank.charge_memory()) state.charge_controls[name] = std::move(*memory);
  collect_settings(name, bank.kept_settings(), state);
}

}  // namespace

Driver::Driver(Loop& loop, std::filesystem::path config_path,
               std::optional<std::filesystem::path> record_to)
    : loop_(loop),
      config_path_(std::move(config_path)),
      started_at_(loop.now()),
      config_poll_(loop.add_timer([this] { on_config_directory_changed(); })),
      config_calm_(loop.add_timer([this] { on_config_calm(); })),
      retry_(loop.add_timer([this] { apply(Config(applied_)); })),
      broker_state_(loop.now()),
      state_(loop, std::filesystem::absolute(config_path_).parent_path() / "state.json"),
      record_to_(std::move(record_to)),
      tape_(loop, [this] { catch_up(); }),
      publishing_(
          loop, [this] { return published_batteries(); }, state_) {
  state_.collect_with([this](State& state) {
    for (const auto& battery : batteries_) collect(*battery, state);
    if (shunts_) collect(*shunts_, state);
    for (const auto& bank : banks_) collect(*bank, state);
    state.published = publishing_.memory();
  });
}

/// The connections to brokers end at the same time.
Driver::~Driver() {
  tape_.finish();
  publishing_.leave();
  state_.write();
}

void Driver::start() {
  // Watched before it is read: a file saved in between must not be missed.
  watch_config();
  config_file_ = config_seen_ = read_config_file(config_path_);
  offer_status();
  load();
}

void Driver::reload() {
  spdlog::warn("SIGHUP: reading {} again", config_path_.string());
  start();
}

void Driver::load() {
  const ConfigResult result = load_config(config_file_, config_path_);
  problems_ = result.problems;
  if (result.config) spdlog::set_level(to_spdlog(result.config->log_level));
  log_problems(result, config_path_);
  if (result.config) {
    spdlog::info("{} {}: {} is loaded", kProgramName, version(), config_path_.string());
    report_readable_password(*result.config);
    config_ = result.config;
    applied_text_ = config_file_.text;
    return take(*config_);
  }
  if (config_) {
    spdlog::error("{} has errors: what ran before goes on unchanged", config_path_.string());
  } else if (config_file_.state == ConfigFile::State::missing) {
    // Whoever has shunts and no wishes needs no file.
    spdlog::warn(
        "without a config file every SmartShunt is aggregated; {} is read as soon as it is "
        "there",
        config_path_.string());
    take(config_without_file());
  } else {
    spdlog::error("waiting for {} to be corrected; it is read as soon as it is saved",
                  config_path_.string());
  }
}

void Driver::report_readable_password(const Config& config) const {
  const auto has_password = [](const std::optional<BrokerConfig>& broker) {
    return broker && broker->password;
  };
  if ((has_password(config.broker) ||
       (config.publish && has_password(config.publish->own_broker))) &&
      everybody_may_read(config_path_))
    spdlog::info("{0} holds a password, and every user of this device may read it: chmod 600 {0}",
                 config_path_.string());
}

void Driver::watch_config() {
  const auto directory = std::filesystem::absolute(config_path_).parent_path();
  if (!config_watch_)
    config_watch_ = loop_.watch_directory(directory, [this] { on_config_directory_changed(); });
  // A folder that does not exist yet cannot be watched.
  if (!config_watch_) config_poll_.arm(loop_.now() + kConfigPoll);
}

void Driver::on_config_directory_changed() {
  if (!config_watch_) watch_config();
  ConfigFile file = read_config_file(config_path_);
  if (file == config_seen_) return;
  config_seen_ = std::move(file);
  config_calm_.arm(loop_.now() + (config_ ? kConfigCalm : std::chrono::seconds(0)));
}

void Driver::on_config_calm() {
  ConfigFile file = read_config_file(config_path_);
  if (file != config_seen_ && config_) {
    config_seen_ = std::move(file);
    return config_calm_.arm(loop_.now() + kConfigCalm);
  }
  config_seen_ = file;
  if (file == config_file_) return;
  config_file_ = std::move(file);
  spdlog::warn("{} has changed", config_path_.string());
  load();
}

/// As it is called in the log and on the bus.
std::string Driver::broker_text() const {
  return "MQTT " + applied_.broker->address + ":" + std::to_string(applied_.broker->port);
}

void Driver::on_mqtt(std::span<MqttEvent> events) {
  for (const MqttEvent& event : events) {
    if (const auto* message = std::get_if<MqttMessage>(&event))
      on_message(*message);
    else if (const auto* oversized = std::get_if<MqttOversized>(&event))
      on_oversized(*oversized);
    else if (const auto* down = std::get_if<MqttDown>(&event))
      broker_state_.on_down(*down, loop_.now());
    else if (const auto* refusals = std::get_if<MqttRefusals>(&event))
      received_.refused_filters = refusals->filters;
    else
      on_up();
  }
  in_turn_ = true;
  for (const auto& battery : batteries_) battery->settle();
  in_turn_ = false;
  settle_banks();
}

/// What a battery shows counts for its banks in the same turn.
void Driver::on_battery(const BatteryApp& battery) {
  publishing_.look();
  for (const auto& bank : banks_) bank->look_at(battery);
  if (!in_turn_) settle_banks();
}

void Driver::settle_banks() {
  for (const auto& bank : banks_) bank->settle();
}

void Driver::on_message(const MqttMessage& message) {
  if (tape_.is_on())
    tape_.add(
        record::MessageCame{message.topic, message.payload, message.retained, message.arrived});
  ++received_.messages;
  received_.last_message_at = message.arrived;
  for (const std::size_t i : receivers_of(message.topic)) batteries_[i]->on_message(message);
}

void Driver::on_oversized(const MqttOversized& message) {
  tape_.add(record::OversizedCame{message.topic, message.size_bytes});
  ++received_.messages;
  received_.last_message_at = loop_.now();
  for (const std::size_t i : receivers_of(message.topic)) batteries_[i]->on_oversized(message);
}

/// By index, each once. Valid until the next call.
const std::vector<std::size_t>& Driver::receivers_of(std::string_view topic) {
  receivers_.clear();
  routes_.find(topic, [this](const TopicTree::Match& match) {
    if (std::ranges::find(receivers_, match.entry) == receivers_.end())
      receivers_.push_back(match.entry);
  });
  return receivers_;
}

void Driver::on_limits_in_force(const LimitsInForce& in_force) {
  for (const auto& battery : batteries_) battery->compare(in_force);
  for (const auto& bank : banks_) bank->compare(in_force);
}

void Driver::ask(const std::string& topic) {
  if (mqtt_) mqtt_->publish(topic, "");
}

void Driver::on_up() {
  for (const auto& battery : batteries_) battery->on_connected();
  broker_state_.on_up(loop_.now());
}

}  // namespace dmb
