// SPDX-License-Identifier: MIT
// What reached the devices.
#include "app/replay/stage.h"

namespace dmb::replay {

void Stage::rebuild_routes() {
  batteries_.clear();
  routes_ = {};
  for (const auto& [service, device] : devices_) {
    PlayedBattery* battery = device->as_battery();
    if (battery == nullptr) continue;
    for (const std::string& filter : battery->filters())
      routes_.add_filter(filter, batteries_.size());
    batteries_.push_back(battery);
  }
}

/// By index of batteries_.
const std::set<std::size_t>& Stage::receivers_of(const std::string& topic) {
  receivers_.clear();
  routes_.find(topic, [this](const TopicTree::Match& match) { receivers_.insert(match.entry); });
  return receivers_;
}

void Stage::handle(const std::string& service, const Event& event) {
  if (Played* device = find(service)) device->device().handle(event, now_);
}

void Stage::on(const record::MessageCame& message) {
  for (const std::size_t i : receivers_of(message.topic)) batteries_[i]->receive(message);
}

void Stage::on(const record::OversizedCame& message) {
  for (const std::size_t i : receivers_of(message.topic)) batteries_[i]->receive(message, now_);
}

void Stage::on(const record::BrokerConnected& connected) {
  handle(connected.device, event::Connected{});
}

void Stage::on(const record::BurstsEnded& ended) {
  if (PlayedBattery* device = battery(ended.device)) device->end_bursts(now_);
}

void Stage::on(const record::MembersCame& came) {
  if (Played* device = find(came.device)) device->take(came, now_);
}

void Stage::on(const record::LookedAround& looked) {
  handle(looked.device, event::LookedAround{looked.around});
}

void Stage::on(const record::WishesCame& came) {
  handle(came.device, event::Wishes{came.manual, came.switched_off});
}

void Stage::on(const record::FullChargeCame& came) {
  handle(came.device, event::FullCharge{came.is_wanted});
}

void Stage::on(const record::TodayCame& came) {
  handle(came.device, event::Today{came.date});
}

void Stage::on(const record::MemberForgotten& forgotten) {
  if (Played* device = find(forgotten.device)) device->forget(forgotten.name);
}

void Stage::on(const record::SensorsForgotten& forgotten) {
  if (Played* device = find(forgotten.device)) device->forget_sensors();
}

void Stage::on(const record::Redetected& redetected) {
  if (Played* device = find(redetected.device)) device->redetect();
}

}  // namespace dmb::replay
