// SPDX-License-Identifier: MIT
#include "app/replay/played_battery.h"

#include "app/battery_setup.h"
#include "app/device_rules.h"

#include <algorithm>

namespace dmb::replay {
namespace {

const BatteryConfig* find(const Config& config, const std::string& service) {
  const auto found = std::ranges::find(config.batteries, service, &BatteryConfig::service_name);
  return found == config.batteries.end() ? nullptr : &*found;
}

}  // namespace

std::unique_ptr<PlayedBattery> PlayedBattery::create(const Config& config,
                                                     const std::string& service) {
  const BatteryConfig* found = find(config, service);
  return found == nullptr ? nullptr : std::make_unique<PlayedBattery>(*found);
}

PlayedBattery::PlayedBattery(const BatteryConfig& config)
    : Played(config.service_name),
      config_(config),
      source_(make_source()),
      battery_(rules_of(config_, *source_)) {}

std::unique_ptr<BatterySource> PlayedBattery::make_source() {
  return make_battery_source(
      config_, [this](const Event& event, Instant at) { battery_.handle(event, at); });
}

DeviceDescription PlayedBattery::description() const {
  return description_of(config_, std::string(kConnection));
}

bool PlayedBattery::change(const Config& config, const std::string& service, Instant) {
  const BatteryConfig* found = find(config, service);
  if (found == nullptr) return false;
  const bool same_kind = found->map.has_value() == config_.map.has_value();
  config_ = *found;
  service_ = service;
  if (same_kind)
    source_->change(config_);
  else
    source_ = make_source();
  battery_.change_rules(rules_of(config_, *source_));
  return true;
}

void PlayedBattery::resume(const State& memory, Instant now) {
  const auto found = memory.charge_controls.find(service_);
  if (found != memory.charge_controls.end()) battery_.resume(found->second, now);
}

std::optional<Instant> PlayedBattery::due(Instant now) {
  return earlier(battery_.next_change(now), source_->due());
}

/// What it would ask a broker is asked of nobody.
std::optional<record::Decision> PlayedBattery::view(Instant now) {
  battery_.view(now);
  battery_.take_questions();
  return watch_.look(battery_);
}

void PlayedBattery::receive(const record::MessageCame& message) {
  source_->receive({message.topic, message.payload, message.retained, message.arrived});
}

void PlayedBattery::receive(const record::OversizedCame& message, Instant now) {
  source_->receive_oversized({message.topic, message.size_bytes}, now);
}

}  // namespace dmb::replay
