// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/codec/bus_value.h"
#include "dmb/device/kept_settings.h"

#include <systemd/sd-bus.h>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// The messages of com.victronenergy.settings, apart from when they are sent.
namespace dmb::settings {

/// Where the settings of one device are kept.
struct Paths {
  std::string folder;       ///< of all of them
  std::string instance;     ///< …/ClassAndVrmInstance
  std::string custom_name;  ///< …/CustomName
};
Paths paths_of(const std::string& device_id);
/// …/<name>
std::string path_of(const Paths& paths, std::string_view name);
/// The name of the setting at `path`; empty: it is not in the device's folder.
std::string_view name_of(const Paths& paths, std::string_view path);

/// What an AddSettings answer holds; nullopt where it is missing or unusable.
struct Stored {
  std::optional<int> instance;
  std::optional<std::string> custom_name;
};

/// The argument of AddSettings: instance, name and `more`, with their defaults.
void append_request(sd_bus_message* call, const Paths& paths, int preferred_instance,
                    std::span<const SettingSpec> more);

/// Of a setting that is neither instance nor name: its name and value; nullopt: it has none that
/// can be read, or is there as something else.
using OtherSetting = std::function<void(std::string_view, const std::optional<BusValue>&)>;

/// Never throws: what makes no sense is left out.
Stored read_answer(sd_bus_message* reply, const Paths& paths, const OtherSetting& other);

/// `Value` out of a PropertiesChanged; nullopt when there is none that a setting can have.
std::optional<BusValue> read_changed_value(sd_bus_message* signal);

/// The number in "battery:100", 0 to 9999; nullopt for another class or form.
std::optional<int> parse_instance(const std::optional<BusValue>& value);

/// A name; nullopt when it is not text, or longer than any name.
std::optional<std::string> parse_custom_name(const std::optional<BusValue>& value);

}  // namespace dmb::settings
