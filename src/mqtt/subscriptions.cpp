// SPDX-License-Identifier: MIT
#include "mqtt/subscriptions.h"

#include "address.h"
#include "dmb/codec/text.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace dmb {
namespace {

// An empty payload has everything published again; the option only keeps the broker talking.
constexpr const char* kKeepaliveAll = "";
constexpr const char* kKeepaliveOnly = R"({"keepalive-options":["suppress-republish"]})";

using Names = std::vector<std::string>;

void remove_repeats(Names& names) {
  std::set<std::string> seen;
  std::erase_if(names, [&seen](const std::string& name) { return !seen.insert(name).second; });
}

MqttInterest without_repeats(MqttInterest interest) {
  remove_repeats(interest.filters);
  remove_repeats(interest.keepalive_topics);
  return interest;
}

bool contains(const Names& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

Subscriptions::Subscriptions(Loop& loop, const BrokerConfig& broker, MqttInterest interest,
                             std::chrono::milliseconds venus_keepalive)
    : loop_(loop),
      broker_(broker),
      interest_(without_repeats(std::move(interest))),
      venus_keepalive_(venus_keepalive),
      keepalive_timer_(loop.add_timer([this] { keep_alive(); })) {}

void Subscriptions::change(MqttInterest interest) {
  const MqttInterest old = std::exchange(interest_, without_repeats(std::move(interest)));
  std::erase_if(refused_, [this](const auto& f) { return !contains(interest_.filters, f); });
  if (link_ == nullptr) return;
  for (const std::string& filter : old.filters)
    if (!contains(interest_.filters, filter)) link_->unsubscribe(filter);
  for (const std::string& filter : interest_.filters)
    if (!contains(old.filters, filter)) link_->subscribe(filter);
  Names added;
  for (const std::string& topic : interest_.keepalive_topics)
    if (!contains(old.keepalive_topics, topic)) added.push_back(topic);
  send_keepalive(added, kKeepaliveAll);
}

void Subscriptions::begin(Link& link) {
  link_ = &link;
  for (const std::string& filter : interest_.filters) link.subscribe(filter);
  send_keepalive(interest_.keepalive_topics, kKeepaliveAll);
  keepalive_timer_.arm(loop_.now() + venus_keepalive_);
}

void Subscriptions::end() {
  link_ = nullptr;
  keepalive_timer_.disarm();
}

bool Subscriptions::take(const SubscriptionAnswer& answer) {
  if (!contains(interest_.filters, answer.filter)) return false;
  const bool is_news =
      answer.granted ? refused_.erase(answer.filter) > 0 : refused_.insert(answer.filter).second;
  if (!is_news) return false;
  if (answer.granted)
    spdlog::warn("MQTT broker {}: the subscription to {} is allowed now",
                 printable(host_and_port(broker_)), printable(answer.filter, 200));
  else
    spdlog::warn(
        "MQTT broker {} refuses the subscription to {}: allow it there (access list), or "
        "check topic and username",
        printable(host_and_port(broker_)), printable(answer.filter, 200));
  return true;
}

void Subscriptions::send_keepalive(const Names& topics, const char* payload) {
  for (const std::string& topic : topics) link_->publish({topic, payload});
}

void Subscriptions::keep_alive() {
  send_keepalive(interest_.keepalive_topics, kKeepaliveOnly);
  keepalive_timer_.arm(loop_.now() + venus_keepalive_);
}

}  // namespace dmb
