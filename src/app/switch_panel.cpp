// SPDX-License-Identifier: MIT
#include "app/switch_panel.h"

#include <set>

namespace dmb {

SwitchPanel::SwitchPanel(Loop& loop, Device& device, DeviceHost& host)
    : loop_(loop), device_(device), host_(host) {
  host_.offer_switches(switches_.shown(), [this](std::string_view path, const OptValue& value) {
    return write(path, value);
  });
  host_.on_settings([this] {
    recall();
    host_.wake();
  });
}

void SwitchPanel::offer(std::optional<SwitchOffer> offer) {
  if (!offer) return turn_off();
  if (offer == offer_) return;
  offer_ = std::move(offer);
  switches_.offer(*offer_);
  host_.offer_settings(switches_.settings());
  recall();
}

/// Items do not go but with their service. What is kept stays, for the day when they are back.
void SwitchPanel::turn_off() {
  device_.handle(event::FullCharge{false}, loop_.now());
  if (!std::exchange(offer_, std::nullopt)) return;
  const std::string did = switches_.summary();
  if (DeviceService* service = host_.service()) service->leave();
  switches_ = {};
  host_.offer_settings({});
  apply();
  if (did.empty()) return;
  host_.tell({note::Switched{"switches are turned off in the config; this ends: " + did}},
             loop_.now());
}

void SwitchPanel::show(bool has_limits, bool charges_full) {
  switches_.show(has_limits, charges_full);
  if (const Notes notes = switches_.take_notes(); !notes.empty()) host_.tell(notes, loop_.now());
}

void SwitchPanel::recall() {
  switches_.recall(host_.settings());
  apply();
}

std::optional<OptValue> SwitchPanel::write(std::string_view path, const OptValue& value) {
  auto answer = switches_.write(path, value);
  for (const auto& [name, written] : switches_.take_written()) host_.write_setting(name, written);
  for (const Switches::Press pressed : switches_.take_pressed()) press(pressed);
  apply();
  return answer;
}

void SwitchPanel::press(Switches::Press press) {
  if (press == Switches::Press::redetect)
    redetect_ = true;
  else
    device_.handle(event::FullCharge{press == Switches::Press::full_charge}, loop_.now());
}

void SwitchPanel::apply() {
  const ManualWishes wishes = switches_.wishes();
  const std::set<std::string> switched_off = switches_.switched_off();
  device_.handle(event::Wishes{wishes, switched_off}, loop_.now());
  host_.tell(switches_.take_notes(), loop_.now());
}

}  // namespace dmb
