// SPDX-License-Identifier: MIT
#include "mqtt/broker_state.h"

#include "dmb/codec/text.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

namespace dmb {
namespace {

constexpr std::chrono::minutes kLastingConnection{1};

}  // namespace

void BrokerState::on_up(Instant now) {
  since_ = now;
  up_since_ = now;
  // Said at the level of the trouble it ends.
  if (std::exchange(down_said_, false))
    spdlog::warn("{}: connected", name_);
  else
    spdlog::info("{}: connected", name_);
}

void BrokerState::on_down(const MqttDown& down, Instant now) {
  // After a connection that lasted, the same reason is news again; while it flaps, it is not.
  if (up_since_ && now - *up_since_ >= kLastingConnection) repeats_.forget_all();
  if (up_since_) since_ = now;
  up_since_.reset();
  trouble_ = down.trouble;
  last_error_ = down.reason;
  last_error_at_ = now;
  if (!repeats_.count(down.reason, now)) return;
  down_said_ = true;
  spdlog::warn("{}: {}; trying again until it works", name_, printable(down.reason, 300));
}

}  // namespace dmb
