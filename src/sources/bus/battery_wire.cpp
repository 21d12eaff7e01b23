// SPDX-License-Identifier: MIT
#include "battery_wire.h"

#include "dbus/message.h"

#include <string>
#include <string_view>

namespace dmb::battery_wire {

namespace {

/// Names and serials are kept, compared and logged.
constexpr std::size_t kMaxTextBytes = 128;
/// Of many services of a bank.
constexpr std::size_t kMaxListBytes = 8192;

std::size_t max_bytes(Quantity quantity) {
  const bool is_list =
      quantity == q("/Measurement/TracksServices") || quantity == q("/Measurement/PeerServices");
  return is_list ? kMaxListBytes : kMaxTextBytes;
}

std::optional<BusValue> take_variant(sd_bus_message* message, Quantity quantity) {
  return message::take_variant(message, max_bytes(quantity));
}

bool has_signature(sd_bus_message* message, std::string_view signature) {
  return sd_bus_message_get_signature(message, 1) == signature;
}

bool enter(sd_bus_message* message, char type, const char* contents) {
  return sd_bus_message_enter_container(message, type, contents) > 0;
}

bool leave(sd_bus_message* message) {
  return sd_bus_message_exit_container(message) >= 0;
}

bool skip(sd_bus_message* message, const char* types) {
  return sd_bus_message_skip(message, types) >= 0;
}

/// Takes an `a{sv}` with "Value" and "Text".
bool take_item(sd_bus_message* message, std::optional<Quantity> quantity, BatteryRecord& record) {
  if (!quantity) return skip(message, "a{sv}");
  if (!enter(message, 'a', "{sv}")) return false;
  while (enter(message, 'e', "sv")) {
    const auto key = message::read_string(message);
    if (key == "Value") {
      record.set(*quantity, take_variant(message, *quantity));
    } else if (!skip(message, "v")) {
      return false;
    }
    if (!leave(message)) return false;
  }
  return leave(message);
}

std::optional<Quantity> find_relative(std::string_view path, const BatteryRecord& record) {
  constexpr std::size_t kLongerThanAnyPath = 64;
  if (path.size() > kLongerThanAnyPath) return std::nullopt;
  return record.find("/" + std::string(path));
}

/// Takes an `a{sv}` of relative path and value.
bool take_values(sd_bus_message* message, BatteryRecord& record) {
  if (!enter(message, 'a', "{sv}")) return false;
  while (enter(message, 'e', "sv")) {
    const auto path = message::read_string(message);
    if (const auto quantity = path ? find_relative(*path, record) : std::nullopt) {
      record.set(*quantity, take_variant(message, *quantity));
    } else if (!skip(message, "v")) {
      return false;
    }
    if (!leave(message)) return false;
  }
  return leave(message);
}

}  // namespace

bool take_items(sd_bus_message* message, BatteryRecord& record) {
  if (!has_signature(message, "a{sa{sv}}") || !enter(message, 'a', "{sa{sv}}")) return false;
  while (enter(message, 'e', "sa{sv}")) {
    const auto path = message::read_string(message);
    const auto quantity = path ? record.find(*path) : std::nullopt;
    if (!take_item(message, quantity, record) || !leave(message)) return false;
  }
  return leave(message);
}

bool take_value(sd_bus_message* message, std::string_view path, BatteryRecord& record) {
  const auto quantity = record.find(path);
  if (!quantity || !has_signature(message, "v")) return false;
  record.set(*quantity, take_variant(message, *quantity));
  return true;
}

bool take_tree(sd_bus_message* message, BatteryRecord& record) {
  if (!has_signature(message, "v") || !enter(message, 'v', "a{sv}")) return false;
  return take_values(message, record) && leave(message);
}

bool take_properties(sd_bus_message* message, BatteryRecord& record) {
  if (!has_signature(message, "a{sv}")) return false;
  return take_item(message, record.find(sd_bus_message_get_path(message)), record);
}

}  // namespace dmb::battery_wire
