// SPDX-License-Identifier: MIT
#include "app/own_members.h"

#include "dmb/config/bank_members.h"
#include "dmb/device/own_member.h"
#include "sinks/bus/device_service.h"

#include <algorithm>

namespace dmb {
namespace {

WatchedMember member_of(const BatteryApp& battery, const MemberPlace& place) {
  const BatteryConfig& config = battery.config();
  const std::string name = bus_name_of(config.service_name);
  WatchedMember member = own_member(
      battery.values(),
      {.id = name, .service = config.on_bus ? name : std::string(), .name = config.device_name});
  member.place = place;
  return member;
}

}  // namespace

void OwnMembers::choose_from(std::span<const BatteryApp* const> batteries,
                             const MemberChoice& choice) {
  seats_.clear();
  for (const BatteryApp* battery : batteries) {
    const BatteryConfig& config = battery->config();
    const Chosen chosen =
        choose({.identity = identity_of(config), .own_label = config.label}, choice);
    if (chosen.membership == Membership::member) seats_.push_back({battery, chosen.place, {}});
  }
  rebuild();
}

void OwnMembers::rebuild() {
  members_.clear();
  for (Seat& seat : seats_) {
    seat.index.reset();
    if (!seat.battery->is_live()) continue;
    seat.index = members_.size();
    members_.push_back(member_of(*seat.battery, seat.place));
  }
}

OwnMembers::News OwnMembers::look(const BatteryApp& battery) {
  const auto seat = std::ranges::find(seats_, &battery, &Seat::battery);
  if (seat == seats_.end()) return {};
  if (seat->index.has_value() != battery.is_live()) {
    rebuild();
    return {.all = true};
  }
  if (!seat->index || !update_own_member(battery.values(), members_[*seat->index])) return {};
  return {.changed = seat->index};
}

}  // namespace dmb
