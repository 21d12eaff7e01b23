// SPDX-License-Identifier: MIT
#pragma once

#include "sources/mqtt/battery_source.h"

namespace dmb {

/// A battery whose values come on many topics, as its map says.
class MappedSource : public BatterySource {
 public:
  MappedSource(const BatteryConfig& config, Handle handle);
  void change(const BatteryConfig& config) override;

  void end_bursts(Instant now) override;
  std::optional<Instant> due() const override { return intake_.due(); }
  std::vector<std::string> questions() const override;
  std::vector<MappedItem> mapped_items() const override { return intake_.items(); }

 protected:
  void read(const MqttMessage& message) override;
  std::vector<std::string> topics() const override { return intake_.filters(); }

 private:
  MapIntake intake_;
};

}  // namespace dmb
