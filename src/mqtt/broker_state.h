// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"
#include "dmb/config/broker_trouble.h"
#include "log/repeats.h"
#include "mqtt/mqtt_event.h"

#include <optional>
#include <string>

namespace dmb {

/// How it goes with a broker: for the status, and for the log, which gets a line when it changes.
class BrokerState {
 public:
  /// `name`: in the log.
  explicit BrokerState(Instant now, std::string name = {}) : name_(std::move(name)), since_(now) {}

  void on_up(Instant now);
  void on_down(const MqttDown& down, Instant now);

  bool is_up() const { return up_since_.has_value(); }
  /// Of the present state, whether up or trying.
  Instant since() const { return since_; }
  const std::optional<BrokerTrouble>& trouble() const { return trouble_; }
  const std::string& last_error() const { return last_error_; }
  const std::optional<Instant>& last_error_at() const { return last_error_at_; }

 private:
  std::string name_;
  Instant since_;
  std::optional<Instant> up_since_;
  std::optional<BrokerTrouble> trouble_;
  std::string last_error_;
  std::optional<Instant> last_error_at_;
  Repeats repeats_;
  bool down_said_ = false;
};

}  // namespace dmb
