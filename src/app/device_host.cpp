// SPDX-License-Identifier: MIT
#include "app/device_host.h"

#include <utility>

namespace dmb {

DeviceHost::DeviceHost(Loop& loop, Device& device, DeviceDescription description,
                       std::function<void()> settled)
    : loop_(loop),
      device_(device),
      name_(description.device_name),
      settled_(std::move(settled)),
      wake_(loop, [this] { settle(); }),
      service_(loop, std::move(description), [this] { settle(); }) {
  describe();
}

void DeviceHost::change(DeviceDescription description) {
  name_ = description.device_name;
  service_.change(std::move(description), device_.values());
}

void DeviceHost::tell_notes(Instant now) {
  narrator_.tell(device_.take_notes(), {name_, service_.bus_name()}, now);
}

void DeviceHost::settle() {
  const Instant now = loop_.now();
  service_.identify(device_.values());
  device_.view(now);
  tell_notes(now);
  join_or_leave();
  settled_();
  const auto published = publish(now);
  wake_.at(earlier(published, device_.next_change(now)));
}

/// Complete or not at all. That it left in between for another instance changes nothing.
void DeviceHost::join_or_leave() {
  const Presence presence = device_.presence();
  if (presence == Presence::off && service_.joined()) service_.leave();
  if (presence == Presence::on && !service_.joined() && service_.identified())
    service_.join(device_.values());
}

/// Returns when to call again.
std::optional<Instant> DeviceHost::publish(Instant now) {
  if (const auto due = service_.update(device_.values(), now)) return due;
  const bool by_itself = device_.lives_by_itself();
  const auto sign = by_itself ? std::optional(now) : device_.last_sign();
  if (!sign || !service_.joined()) return std::nullopt;
  if (const auto due = service_.show_life(device_.values(), *sign, now)) return due;
  return by_itself ? std::optional(service_.next_life()) : std::nullopt;
}

}  // namespace dmb
