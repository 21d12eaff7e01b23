// SPDX-License-Identifier: MIT
#include "call_error.h"

#include "dmb/codec/text.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace dmb::call_error {

bool is_unknown_there(const sdbus::Error& error) {
  constexpr std::array<std::string_view, 3> kNames{"org.freedesktop.DBus.Error.UnknownMethod",
                                                   "org.freedesktop.DBus.Error.UnknownObject",
                                                   "org.freedesktop.DBus.Error.UnknownInterface"};
  return std::ranges::find(kNames, std::string(error.getName())) != kNames.end();
}

bool is_from_service(const sdbus::Error& error) {
  constexpr std::array<std::string_view, 3> kNames{"org.freedesktop.DBus.Error.Failed",
                                                   "org.freedesktop.DBus.Error.InvalidArgs",
                                                   "org.freedesktop.DBus.Error.NotSupported"};
  const std::string& name = error.getName();
  const bool is_common =
      name.starts_with("org.freedesktop.DBus.Error.") || name.starts_with("System.Error.");
  return !is_common || is_unknown_there(error) || std::ranges::find(kNames, name) != kNames.end();
}

std::string describe(const sdbus::Error& error) {
  const std::string& name = error.getName();
  if (name == "org.freedesktop.DBus.Error.NoReply" ||
      name == "org.freedesktop.DBus.Error.Timeout") {
    return "no answer";
  }
  if (is_unknown_there(error)) return "it offers no such thing";
  return printable(error.getMessage().empty() ? name : error.getMessage());
}

}  // namespace dmb::call_error
