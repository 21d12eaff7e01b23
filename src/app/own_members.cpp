// SPDX-License-Identifier: MIT
#include "app/own_members.h"

#include "dmb/battery/quantity.h"
#include "dmb/codec/topic.h"
#include "dmb/config/bank_members.h"
#include "dmb/device/own_member.h"
#include "runtime/identity.h"
#include "sinks/bus/device_service.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace dmb {
namespace {

WatchedMember member_of(const BatteryApp& battery, const MemberPlace& place) {
  const BatteryConfig& config = battery.config();
  const std::string name = bus_name_of(config.service_name);
  WatchedMember member = own_member(
      battery.member_values(),
      {.id = name, .service = config.on_bus ? name : std::string(), .name = config.device_name});
  member.place = place;
  return member;
}

/// Of a battery that is read off the broker of this very device: the instance that it has there.
std::optional<std::int64_t> read_instance(const BatteryConfig& config) {
  constexpr std::string_view kBattery = "battery/";
  const auto topic = venus_topic_of(config.topic);
  if (!topic || topic->portal_id != local_device_id() || !topic->rest.starts_with(kBattery))
    return std::nullopt;
  std::int64_t instance = 0;
  const char* begin = topic->rest.data() + kBattery.size();
  const char* end = topic->rest.data() + topic->rest.size();
  const auto [stop, fault] = std::from_chars(begin, end, instance);
  return fault == std::errc{} && stop != begin ? std::optional(instance) : std::nullopt;
}

}  // namespace

std::vector<MeasurementNode> OwnMembers::nodes() const {
  std::vector<MeasurementNode> nodes;
  for (const Seat& seat : seats_) {
    if (!seat.index) continue;
    const BatteryConfig& config = seat.battery->config();
    nodes.push_back(
        {.service = bus_name_of(config.service_name),
         .is_own = true,
         .has_bms = seat.battery->member_values()[q("/Info/MaxChargeVoltage")].value.has_value(),
         .read_instance = read_instance(config)});
  }
  return nodes;
}

const ItemValues* OwnMembers::values_of(const std::string& id) const {
  const auto seat = std::ranges::find_if(
      seats_, [&](const Seat& own) { return own.index && members_[*own.index].snapshot.id == id; });
  return seat == seats_.end() ? nullptr : &seat->battery->values();
}

std::vector<const BatteryApp*> OwnMembers::absent() const {
  std::vector<const BatteryApp*> absent;
  for (const Seat& seat : seats_)
    if (!seat.index) absent.push_back(seat.battery);
  return absent;
}

void OwnMembers::choose_from(std::span<const BatteryApp* const> batteries,
                             const MemberChoice& choice) {
  seats_.clear();
  for (const BatteryApp* battery : batteries) {
    const BatteryConfig& config = battery->config();
    const Chosen chosen =
        choose({.identity = identity_of(config), .own_label = config.label}, choice);
    if (chosen.membership == Membership::member)
      seats_.push_back({battery, chosen.place, battery->is_live()});
  }
  rebuild();
}

/// Another one that has just come alive is not there before it was looked at: what it shows is not
/// worked out yet.
void OwnMembers::rebuild() {
  members_.clear();
  for (Seat& seat : seats_) {
    seat.index.reset();
    if (!seat.there) continue;
    seat.index = members_.size();
    members_.push_back(member_of(*seat.battery, seat.place));
  }
}

OwnMembers::News OwnMembers::look(const BatteryApp& battery) {
  const auto seat = std::ranges::find(seats_, &battery, &Seat::battery);
  if (seat == seats_.end()) return {};
  if (seat->there != battery.is_live()) {
    seat->there = battery.is_live();
    rebuild();
    return {.all = true};
  }
  if (!seat->index || !update_own_member(battery.member_values(), members_[*seat->index]))
    return {};
  return {.changed = seat->index};
}

}  // namespace dmb
