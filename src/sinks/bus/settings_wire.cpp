// SPDX-License-Identifier: MIT
#include "settings_wire.h"

#include "dbus/message.h"
#include "dmb/codec/bus_value.h"
#include "dmb/codec/path_element.h"
#include "sinks/bus/settings_client.h"

#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

namespace dmb::settings {

namespace {

constexpr std::string_view kBatteryClass = "battery:";
/// The same as of device_instance in the config.
constexpr int kMaxInstance = 9999;

/// One answer: `a{sv}` with path, error and value.
struct Entry {
  std::string path;
  std::int64_t error = -1;
  std::optional<BusValue> value;
};

void append_pair(sd_bus_message* call, std::string_view key, const OptValue& value) {
  const message::Container pair(call, 'e', "sv");
  message::append(call, key);
  message::append_variant(call, value);
}

void append_setting(sd_bus_message* call, const std::string& path, std::string initial) {
  const message::Container setting(call, 'a', "{sv}");
  append_pair(call, "path", path);
  append_pair(call, "default", std::move(initial));
}

/// The service wants the ends of the range in the setting's own type.
Value as_type_of(const Value& initial, double number) {
  if (std::holds_alternative<std::int32_t>(initial)) return static_cast<std::int32_t>(number);
  return number;
}

void append_setting(sd_bus_message* call, const std::string& path, const SettingSpec& spec) {
  const message::Container setting(call, 'a', "{sv}");
  append_pair(call, "path", path);
  append_pair(call, "default", spec.initial);
  if (std::holds_alternative<std::string>(spec.initial)) return;
  append_pair(call, "min", as_type_of(spec.initial, spec.min));
  append_pair(call, "max", as_type_of(spec.initial, spec.max));
}

void take(Entry& entry, std::string_view key, std::optional<BusValue> value) {
  if (key == "value") {
    entry.value = std::move(value);
  } else if (const auto* path = value ? std::get_if<std::string>(&*value) : nullptr;
             key == "path" && path != nullptr) {
    entry.path = *path;
  } else if (const auto* error = value ? std::get_if<std::int64_t>(&*value) : nullptr;
             key == "error" && error != nullptr) {
    entry.error = *error;
  }
}

/// Calls `visit(key, value)` for each pair of an `a{sv}`; false when the message is of another
/// form.
template <typename Visit>
bool for_each_pair(sd_bus_message* message, Visit visit) {
  if (sd_bus_message_enter_container(message, 'a', "{sv}") <= 0) return false;
  while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
    const auto key = message::read_string(message);
    auto value = message::read_value(message);
    if (key) visit(*key, std::move(value));
    if (sd_bus_message_exit_container(message) < 0) return false;
  }
  return sd_bus_message_exit_container(message) >= 0;
}

}  // namespace

Paths paths_of(const std::string& device_id) {
  const std::string folder = "/Settings/Devices/" + settings_path_element(device_id);
  return {folder, folder + "/ClassAndVrmInstance", folder + "/CustomName"};
}

std::string path_of(const Paths& paths, std::string_view name) {
  return paths.folder + "/" + std::string(name);
}

std::string_view name_of(const Paths& paths, std::string_view path) {
  const std::size_t size = paths.folder.size();
  if (!path.starts_with(paths.folder) || path.size() <= size + 1 || path[size] != '/') return {};
  return path.substr(size + 1);
}

void append_request(sd_bus_message* call, const Paths& paths, int preferred_instance,
                    std::span<const SettingSpec> more) {
  const message::Container settings(call, 'a', "a{sv}");
  append_setting(call, paths.instance,
                 std::string(kBatteryClass) + std::to_string(preferred_instance));
  append_setting(call, paths.custom_name, "");
  for (const SettingSpec& spec : more) append_setting(call, path_of(paths, spec.name), spec);
}

Stored read_answer(sd_bus_message* reply, const Paths& paths, const OtherSetting& other) {
  Stored stored;
  if (sd_bus_message_enter_container(reply, 'a', "a{sv}") <= 0) return stored;
  while (sd_bus_message_at_end(reply, 0) == 0) {
    Entry entry;
    const bool complete = for_each_pair(
        reply, [&](std::string_view key, auto value) { take(entry, key, std::move(value)); });
    if (!complete) break;
    if (entry.error != 0) entry.value.reset();
    if (entry.path == paths.instance)
      stored.instance = parse_instance(entry.value);
    else if (entry.path == paths.custom_name)
      stored.custom_name = parse_custom_name(entry.value);
    else if (const auto name = name_of(paths, entry.path); !name.empty())
      other(name, entry.value);
  }
  return stored;
}

std::optional<BusValue> read_changed_value(sd_bus_message* signal) {
  std::optional<BusValue> changed;
  for_each_pair(signal, [&](std::string_view key, auto value) {
    if (key == "Value") changed = std::move(value);
  });
  return changed;
}

std::optional<int> parse_instance(const std::optional<BusValue>& value) {
  const auto* text = value ? std::get_if<std::string>(&*value) : nullptr;
  if (text == nullptr || !text->starts_with(kBatteryClass)) return std::nullopt;
  const char* const end = text->data() + text->size();
  int instance = -1;
  const auto result = std::from_chars(text->data() + kBatteryClass.size(), end, instance);
  if (result.ec != std::errc() || result.ptr != end || instance < 0 || instance > kMaxInstance)
    return std::nullopt;
  return instance;
}

/// Longer than a name may be written today: earlier versions took more.
constexpr std::size_t kMaxStoredNameBytes = 256;

std::optional<std::string> parse_custom_name(const std::optional<BusValue>& value) {
  const auto* text = value ? std::get_if<std::string>(&*value) : nullptr;
  if (text == nullptr || text->size() > kMaxStoredNameBytes) return std::nullopt;
  return *text;
}

}  // namespace dmb::settings
