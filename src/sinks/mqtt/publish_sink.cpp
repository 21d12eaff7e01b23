// SPDX-License-Identifier: MIT
#include "sinks/mqtt/publish_sink.h"

#include "mqtt/address.h"

#include <utility>

namespace dmb {
namespace {

Publication publication_of(const OutMessage& message) {
  return {message.topic, message.payload, message.retained};
}

}  // namespace

std::string place_of(const BrokerConfig& broker) {
  return host_and_port(broker);
}

PublishSink::PublishSink(Loop& loop, const BrokerConfig& broker, const std::string& client_id,
                         PublishPlan plan, Listener listener)
    : loop_(loop),
      broker_(broker),
      plan_(std::move(plan)),
      listener_(std::move(listener)),
      state_(loop.now(), "[PUBLISH] " + place_of(broker)),
      look_(loop.defer([this] { send(); })),
      wake_(loop, [this] { send(); }),
      publisher_(loop, broker, {client_id, publication_of(plan_.last_will())},
                 {.up = [this] { on_up(); },
                  .down = [this](const MqttDown& down) { on_down(down); },
                  .done =
                      [this] {
                        if (removing_) listener_.removed();
                      }}) {}

void PublishSink::change(PublishPlan plan) {
  plan_ = std::move(plan);
  if (!state_.is_up()) return;
  plan_.on_connected();
  look();
}

void PublishSink::remove_all() {
  removing_ = true;
  publisher_.forget_will();
  if (state_.is_up()) send_removals();
}

void PublishSink::leave() {
  removing_ = false;
  plan_.on_disconnected();
  publisher_.leave();
}

void PublishSink::on_up() {
  state_.on_up(loop_.now());
  if (removing_) return send_removals();
  plan_.on_connected();
  send();
}

void PublishSink::on_down(const MqttDown& down) {
  state_.on_down(down, loop_.now());
  plan_.on_disconnected();
}

void PublishSink::send_removals() {
  const std::vector<OutMessage> messages = removals(plan_.memory());
  if (messages.empty()) return listener_.removed();
  send(messages);
}

void PublishSink::send() {
  if (!state_.is_up() || removing_) return;
  const std::vector<PublishedBattery> batteries = listener_.batteries();
  send(plan_.update(batteries, loop_.now()));
  wake_.at(plan_.next_due());
}

void PublishSink::send(const std::vector<OutMessage>& messages) {
  bool is_kept = false;
  for (const OutMessage& message : messages) {
    is_kept = is_kept || message.retained;
    publisher_.publish(publication_of(message));
  }
  if (messages.empty()) return;
  messages_ += static_cast<std::int64_t>(messages.size());
  last_message_at_ = loop_.now();
  if (is_kept) listener_.remember();
}

}  // namespace dmb
