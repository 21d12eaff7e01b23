// SPDX-License-Identifier: MIT
#include "dbus/item_answer.h"

#include "message.h"

#include <systemd/sd-bus.h>

#include <utility>

namespace dmb::item_answer {
namespace {

/// For people, in one line.
constexpr std::size_t kMaxTextBytes = 128;
constexpr std::size_t kLongerThanAnyPath = 128;

bool enter(sd_bus_message* message, char type, const char* contents) {
  return sd_bus_message_enter_container(message, type, contents) > 0;
}

bool leave(sd_bus_message* message) {
  return sd_bus_message_exit_container(message) >= 0;
}

bool skip(sd_bus_message* message, const char* types) {
  return sd_bus_message_skip(message, types) >= 0;
}

void take(sd_bus_message* message, std::string path, ItemMap& items) {
  if (auto value = message::take_variant(message, kMaxTextBytes))
    items.insert_or_assign(std::move(path), std::move(*value));
}

/// Takes an `a{sv}` with "Value" and "Text".
bool take_item(sd_bus_message* message, const std::string& path, ItemMap& items) {
  if (!enter(message, 'a', "{sv}")) return false;
  while (enter(message, 'e', "sv")) {
    const auto key = message::read_string(message);
    if (key == "Value")
      take(message, path, items);
    else if (!skip(message, "v"))
      return false;
    if (!leave(message)) return false;
  }
  return leave(message);
}

}  // namespace

std::optional<ItemMap> of_get_items(sd_bus_message* answer, bool (*is_wanted)(std::string_view)) {
  ItemMap items;
  if (!enter(answer, 'a', "{sa{sv}}")) return std::nullopt;
  while (enter(answer, 'e', "sa{sv}")) {
    const auto path = message::read_string(answer);
    const bool wanted = path && is_wanted(*path);
    if (!(wanted ? take_item(answer, std::string(*path), items) : skip(answer, "a{sv}")) ||
        !leave(answer))
      return std::nullopt;
  }
  return items;
}

std::optional<ItemMap> of_tree(sd_bus_message* answer, bool (*is_wanted)(std::string_view)) {
  ItemMap items;
  if (!enter(answer, 'v', "a{sv}") || !enter(answer, 'a', "{sv}")) return std::nullopt;
  while (enter(answer, 'e', "sv")) {
    const auto relative = message::read_string(answer);
    std::string path = "/" + std::string(relative.value_or("").substr(0, kLongerThanAnyPath));
    if (is_wanted(path))
      take(answer, std::move(path), items);
    else if (!skip(answer, "v"))
      return std::nullopt;
    if (!leave(answer)) return std::nullopt;
  }
  return items;
}

}  // namespace dmb::item_answer
