// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/codec/payload_decoder.h"
#include "sources/mqtt/battery_source.h"

namespace dmb {

/// A battery whose every message is a JSON object with all that is known of it.
class JsonSource : public BatterySource {
 public:
  JsonSource(const BatteryConfig& config, Handle handle);
  void change(const BatteryConfig& config) override;

 protected:
  void read(const MqttMessage& message) override;
  std::vector<std::string> topics() const override { return {filter_}; }

 private:
  std::string name_;  ///< in the log
  std::string filter_;
  PayloadDecoder decoder_;
};

}  // namespace dmb
