// SPDX-License-Identifier: MIT
#include "mqtt/mqtt_source.h"

#include "address.h"
#include "dmb/codec/text.h"

#include <spdlog/spdlog.h>

#include <utility>
#include <variant>

namespace dmb {

MqttSource::MqttSource(Loop& loop, BrokerConfig broker, const std::string& client_id,
                       MqttInterest interest, Handler handler, const MqttTiming& timing)
    : loop_(loop),
      broker_(std::move(broker)),
      handler_(std::move(handler)),
      subscriptions_(loop, broker_, std::move(interest), timing.venus_keepalive),
      attempts_(loop, broker_, {.client_id = client_id}, timing,
                {.readable = [this] { read_inbox(); },
                 .up = [this] { on_up(); },
                 .down =
                     [this](MqttDown down) {
                       subscriptions_.end();
                       events_.emplace_back(std::move(down));
                     },
                 .over = [this] { hand_over(); }}) {
  attempts_.set_patience(subscriptions_.interest().patience);
}

void MqttSource::set_interest(MqttInterest interest) {
  attempts_.set_patience(interest.patience);
  subscriptions_.change(std::move(interest));
}

void MqttSource::hurry_while(std::function<bool()> urgent) {
  attempts_.hurry_while(std::move(urgent));
}

void MqttSource::publish(const std::string& topic, const std::string& payload) {
  if (Link* link = attempts_.link()) link->publish({topic, payload});
}

void MqttSource::read_inbox() {
  if (attempts_.check_standstill()) return;
  if (const std::size_t dropped = attempts_.inbox().drain(raw_)) report_overload(dropped);
  for (RawEvent& event : raw_) std::visit([this](auto& told) { take(told); }, event);
  raw_.clear();
  hand_over();
}

void MqttSource::take(SubscriptionAnswer& answer) {
  if (subscriptions_.take(answer)) events_.emplace_back(subscriptions_.refusals());
}

void MqttSource::on_up() {
  subscriptions_.begin(*attempts_.link());
  events_.emplace_back(MqttUp{});
}

void MqttSource::report_overload(std::size_t dropped) {
  passed_over_ += dropped;
  if (!repeats_.count("overload", loop_.now())) return;
  spdlog::warn(
      "MQTT broker {}: messages come faster than they can be taken; {} were passed over for newer "
      "ones. What counts is the newest of each topic; let the publisher send less often",
      printable(host_and_port(broker_)), std::exchange(passed_over_, 0));
}

void MqttSource::hand_over() {
  if (events_.empty()) return;
  handler_(events_);
  events_.clear();
}

}  // namespace dmb
