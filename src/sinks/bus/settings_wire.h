// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/codec/bus_value.h"

#include <systemd/sd-bus.h>

#include <optional>
#include <string>

/// The messages of com.victronenergy.settings, apart from when they are sent.
namespace dmb::settings {

/// Where the settings of one device are kept.
struct Paths {
  std::string instance;     ///< …/ClassAndVrmInstance
  std::string custom_name;  ///< …/CustomName
};
Paths paths_of(const std::string& device_id);

/// What an AddSettings answer holds for our two settings; nullopt where it is missing or unusable.
struct Stored {
  std::optional<int> instance;
  std::optional<std::string> custom_name;
};

/// The argument of AddSettings: both settings with their defaults.
void append_request(sd_bus_message* call, const Paths& paths, int preferred_instance);

/// Never throws: what makes no sense is left out.
Stored read_answer(sd_bus_message* reply, const Paths& paths);

/// `Value` out of a PropertiesChanged; nullopt when there is none that a setting can have.
std::optional<BusValue> read_changed_value(sd_bus_message* signal);

/// The number in "battery:100", 0 to 9999; nullopt for another class or form.
std::optional<int> parse_instance(const std::optional<BusValue>& value);

/// A name; nullopt when it is not text, or longer than any name.
std::optional<std::string> parse_custom_name(const std::optional<BusValue>& value);

}  // namespace dmb::settings
