// SPDX-License-Identifier: MIT
#include "app/device_host.h"

#include "runtime/clock.h"

#include <utility>

namespace dmb {

DeviceHost::DeviceHost(Loop& loop, Device& device, DeviceDescription description, bool on_bus,
                       std::function<void()> settled)
    : loop_(loop),
      device_(device),
      name_(description.device_name),
      bus_name_(bus_name_of(description.service_name)),
      settled_(std::move(settled)),
      wake_(loop, [this] { settle(); }) {
  if (on_bus) start_service(std::move(description));
}

void DeviceHost::start_service(DeviceDescription description) {
  service_.emplace(loop_, std::move(description), [this] { settle(); });
  describe();
}

void DeviceHost::describe() {
  if (service_) service_->describe(device_.values());
}

void DeviceHost::change(DeviceDescription description, bool on_bus) {
  name_ = description.device_name;
  bus_name_ = bus_name_of(description.service_name);
  if (!on_bus) return service_.reset();
  if (!service_) return start_service(std::move(description));
  service_->change(std::move(description), device_.values());
}

void DeviceHost::tell_notes(Instant now) {
  narrator_.tell(device_.take_notes(),
                 {name_, service_ ? service_->bus_name() : bus_name_, member_word_}, now);
}

void DeviceHost::settle() {
  const Instant now = loop_.now();
  tell_date(now);
  if (service_) service_->identify(device_.values());
  device_.view(now);
  tell_notes(now);
  if (service_) join_or_leave();
  settled_();
  const auto published = service_ ? publish(now) : std::nullopt;
  wake_.at(earlier(published, device_.next_change(now)));
}

void DeviceHost::tell_date(Instant now) {
  const auto today = date_now();
  if (today == today_) return;
  today_ = today;
  device_.handle(event::Today{today}, now);
}

/// Complete or not at all. That it left in between for another instance changes nothing.
void DeviceHost::join_or_leave() {
  const Presence presence = device_.presence();
  if (presence == Presence::off && service_->joined()) service_->leave();
  if (presence == Presence::on && !service_->joined() && service_->identified())
    service_->join(device_.values());
}

/// Returns when to call again.
std::optional<Instant> DeviceHost::publish(Instant now) {
  if (const auto due = service_->update(device_.values(), now)) return due;
  const bool by_itself = device_.lives_by_itself();
  const auto sign = by_itself ? std::optional(now) : device_.last_sign();
  if (!sign || !service_->joined()) return std::nullopt;
  if (const auto due = service_->show_life(device_.values(), *sign, now)) return due;
  return by_itself ? std::optional(service_->next_life()) : std::nullopt;
}

}  // namespace dmb
