// SPDX-License-Identifier: MIT
#pragma once

#include "app/replay/played.h"
#include "sources/mqtt/battery_source.h"

#include <memory>
#include <string>
#include <vector>

namespace dmb::replay {

/// A battery whose messages come from a broker, with what makes its events of them.
class PlayedBattery final : public Played {
 public:
  /// Null: `config` has no MQTT battery of that name.
  static std::unique_ptr<PlayedBattery> create(const Config& config, const std::string& service);
  explicit PlayedBattery(const BatteryConfig& config);

  DeviceDescription description() const override;
  const std::string& name() const override { return config_.device_name; }
  PlayedBattery* as_battery() override { return this; }
  Device& device() override { return battery_; }
  bool change(const Config& config, const std::string& service, Instant now) override;
  void resume(const State& memory, Instant now) override;
  void forget_sensors() override { battery_.forget_missing_sensors(); }
  std::optional<Instant> due(Instant now) override;
  void pass_time(Instant now) override { source_->end_bursts(now); }
  std::optional<record::Decision> view(Instant now) override;

  /// The topics that it reads.
  std::vector<std::string> filters() const { return source_->filters(); }
  void receive(const record::MessageCame& message);
  void receive(const record::OversizedCame& message, Instant now);
  void end_bursts(Instant now) { source_->end_bursts(now); }

 private:
  std::unique_ptr<BatterySource> make_source();

  BatteryConfig config_;
  std::unique_ptr<BatterySource> source_;
  BatteryDevice battery_;
};

}  // namespace dmb::replay
