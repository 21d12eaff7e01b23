// SPDX-License-Identifier: MIT
#include "mqtt/mqtt_publisher.h"

#include <utility>
#include <variant>

namespace dmb {

MqttPublisher::MqttPublisher(Loop& loop, BrokerConfig broker, MqttIdentity identity,
                             Listener listener, const MqttTiming& timing)
    : broker_(std::move(broker)),
      will_(identity.will),
      listener_(std::move(listener)),
      attempts_(loop, broker_, std::move(identity), timing,
                {.readable = [this] { read_inbox(); },
                 .up = [this] { on_up(); },
                 .down = [this](const MqttDown& down) { on_down(down); },
                 .over = [] {}}) {}

void MqttPublisher::publish(Publication what) {
  if (!attempts_.is_up()) return;
  outbox_.put(std::move(what));
  hand_over();
}

void MqttPublisher::leave() {
  if (Link* const link = attempts_.link(); link != nullptr && will_) link->publish(*will_);
  attempts_.leave();
}

void MqttPublisher::hand_over() {
  Link* const link = attempts_.link();
  if (link == nullptr) return;
  while (const auto next = outbox_.take()) link->publish(*next);
}

void MqttPublisher::read_inbox() {
  attempts_.inbox().drain(raw_);
  for (RawEvent& event : raw_) std::visit([this](auto& told) { take(told); }, event);
  raw_.clear();
}

void MqttPublisher::take(PublicationWritten&) {
  outbox_.written();
  hand_over();
  if (is_done()) listener_.done();
}

void MqttPublisher::on_up() {
  outbox_.clear();
  listener_.up();
}

void MqttPublisher::on_down(const MqttDown& down) {
  outbox_.clear();
  listener_.down(down);
}

}  // namespace dmb
