// SPDX-License-Identifier: MIT
#include "dmb/config/text_rules.h"

#include "dmb/battery/letter_case.h"
#include "dmb/battery/service_name.h"
#include "dmb/codec/text.h"

#include <algorithm>
#include <cstddef>

namespace dmb {
namespace {

constexpr std::size_t kLongestBusName = 255;
constexpr std::size_t kLongestTopic = 65535;
constexpr std::size_t kLongestName = 255;

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

/// Takes the part in front of the next `separator` off `rest`; the whole when there is none.
std::string_view take_part(std::string_view& rest, char separator, bool& more) {
  const std::size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  more = end != std::string_view::npos;
  rest = more ? rest.substr(end + 1) : std::string_view{};
  return part;
}

bool is_element(std::string_view element) {
  if (element.empty() || is_digit(element.front())) return false;
  return std::all_of(element.begin(), element.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; });
}

bool is_host_and_port(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) return false;
  const std::string_view port = text.substr(colon + 1);
  return std::all_of(port.begin(), port.end(), is_digit);
}

std::optional<std::string> level_fault(std::string_view level, bool is_last) {
  if (level.find('#') != std::string_view::npos && (level != "#" || !is_last)) {
    return "must have \"#\" only as its last level, e.g. battery/#";
  }
  if (level.find('+') != std::string_view::npos && level != "+") {
    return "must have \"+\" only as a whole level, e.g. battery/+/json";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> device_name_fault(std::string_view text) {
  if (!is_bus_text(text)) return "must be UTF-8 text (save the file as UTF-8)";
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return "must not hold control characters such as a tab";
  }
  if (text.size() > kLongestName) return "must be at most 255 bytes long";
  return std::nullopt;
}

std::optional<std::string> preset_name_fault(std::string_view text) {
  const bool fine = std::ranges::all_of(text, [](char c) {
    return is_letter(c) || is_digit(c) || std::string_view("_-.").find(c) != std::string_view::npos;
  });
  if (fine && !text.starts_with('.') && text.size() <= kLongestName) return std::nullopt;
  return "must be the name of a preset, without folder and \".ini\", e.g. batmon";
}

std::optional<std::string> service_name_fault(std::string_view text) {
  if (text.starts_with("com.victronenergy.")) {
    return "must be the last part of the bus name only, without \"com.victronenergy.battery.\"";
  }
  bool more = true;
  for (std::string_view rest = text; more;) {
    if (is_element(take_part(rest, '.', more))) continue;
    return "must consist of letters, digits, \"_\" and \"-\", and not start with a digit, e.g. "
           "mqtt_battery_2 (dots may divide it into such parts)";
  }
  if (kBatteryPrefix.size() + text.size() > kLongestBusName) {
    return "must be at most " + std::to_string(kLongestBusName - kBatteryPrefix.size()) +
           " characters long";
  }
  return std::nullopt;
}

std::optional<std::string> broker_address_fault(std::string_view text) {
  if (text.find("://") != std::string_view::npos || text.find('@') != std::string_view::npos) {
    return "must be only a host name or IP address such as 192.168.1.5 (user name, port and TLS "
           "have "
           "keys of their own)";
  }
  if (is_host_and_port(text) && std::count(text.begin(), text.end(), ':') == 1) {
    return "must be without the port (that goes into broker_port)";
  }
  const bool fine = std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) ||
           std::string_view(".-_:%[]").find(c) != std::string_view::npos;
  });
  if (!fine || text.size() > 255) {
    return "must be a host name or IP address, e.g. 192.168.1.5 or broker.local";
  }
  return std::nullopt;
}

std::optional<std::string> topic_filter_fault(std::string_view text) {
  if (text.empty()) return "must not be empty";
  if (text.size() > kLongestTopic) return "must be at most 65535 bytes long";
  if (!is_bus_text(text)) return "must be UTF-8 text (save the file as UTF-8)";
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return "must not hold control characters such as a tab";
  }
  bool more = true;
  for (std::string_view rest = text; more;) {
    const std::string_view level = take_part(rest, '/', more);
    if (auto fault = level_fault(level, !more)) return fault;
  }
  return std::nullopt;
}

std::optional<std::string> topic_prefix_fault(std::string_view text) {
  if (auto fault = topic_filter_fault(text)) return fault;
  if (text.find_first_of("+#") != std::string_view::npos) return "must be without \"+\" and \"#\"";
  if (text.size() > kLongestName) return "must be at most 255 bytes long";
  if (text.starts_with('/') || text.ends_with('/')) return "must neither begin nor end with \"/\"";
  const std::string_view first = text.substr(0, text.find('/'));
  if (first == "N" || first == "R" || first == "W" || first.starts_with('$'))
    return "must not begin with N, R, W (the topics of GX devices) or $";
  return std::nullopt;
}

}  // namespace dmb
