// SPDX-License-Identifier: MIT
#include "secret_words.h"

#include "dmb/battery/letter_case.h"
#include "dmb/battery/quantity.h"
#include "dmb/codec/spelling.h"
#include "dmb/config/known_keys.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string>

namespace dmb::record {
namespace {

using namespace std::string_view_literals;

struct KeyWord {
  std::string_view word;  ///< lower case; a key that has it tells a secret
  Secret kind;
};
constexpr std::array kKeyWords{
    KeyWord{"serial", Secret::serial},       KeyWord{"passw", Secret::password},
    KeyWord{"passphrase", Secret::password}, KeyWord{"token", Secret::password},
    KeyWord{"secret", Secret::password},     KeyWord{"apikey", Secret::password},
    KeyWord{"api_key", Secret::password},    KeyWord{"udid", Secret::serial},
    KeyWord{"uuid", Secret::serial},         KeyWord{"macaddr", Secret::serial},
    KeyWord{"mac_addr", Secret::serial},     KeyWord{"imei", Secret::serial},
    KeyWord{"iccid", Secret::serial},        KeyWord{"ssid", Secret::own_word},
    KeyWord{"portalid", Secret::portal_id},  KeyWord{"portal_id", Secret::portal_id},
    KeyWord{"vrmid", Secret::portal_id},     KeyWord{"username", Secret::user_name},
    KeyWord{"user_name", Secret::user_name}, KeyWord{"clientid", Secret::client_id},
    KeyWord{"client_id", Secret::client_id}};

/// Which of them have a letter, in any case, at `place`: one bit each. It is looked at for each
/// letter of each key of each message.
consteval auto words_by_letter(std::size_t place) {
  std::array<std::uint32_t, 256> words{};
  for (std::size_t i = 0; i < kKeyWords.size(); ++i) {
    const char letter = kKeyWords.at(i).word.at(place);
    const std::uint32_t bit = std::uint32_t{1} << i;
    words.at(static_cast<unsigned char>(letter)) |= bit;
    if (is_letter(letter)) words.at(static_cast<unsigned char>(letter - 'a' + 'A')) |= bit;
  }
  return words;
}
constexpr auto kWordsByFirst = words_by_letter(0);
constexpr auto kWordsBySecond = words_by_letter(1);
static_assert(kKeyWords.size() <= 32);

/// Words of this program that are in none of its tables.
constexpr std::array kFurtherWords{"com.victronenergy.battery."sv,
                                   "com.victronenergy.settings"sv,
                                   "dbus-mqtt-battery"sv,
                                   "mqtt_battery_"sv,
                                   "aggregate_shunts"sv,
                                   "bank_"sv,
                                   "smartshunt"sv,
                                   "victron"sv,
                                   "serialbattery"sv,
                                   "virtual-bms"sv,
                                   "monitor"sv,
                                   "register"sv,
                                   "jsondata"sv,
                                   "keepalive"sv,
                                   "heartbeat"sv,
                                   "availability"sv,
                                   "available"sv,
                                   "unavailable"sv,
                                   "unknown"sv,
                                   "online"sv,
                                   "offline"sv,
                                   "true"sv,
                                   "false"sv,
                                   "null"sv,
                                   "none"sv,
                                   "value"sv,
                                   "state"sv,
                                   "charging"sv,
                                   "discharging"sv,
                                   "homeassistant"sv,
                                   "localhost"sv,
                                   "shrink"sv,
                                   "cells"sv,
                                   "custom"sv,
                                   "default"sv,
                                   "mqtt"sv,
                                   "charge control"sv,
                                   "time_to_go"sv,
                                   "publish"sv};

/// Those of the reasons of limits, which are told anew when a recording is played.
constexpr std::string_view kWordsOfReasons =
    "above absorption again alarm allows balance bulk capacity cell coldest configured current "
    "curve "
    "discharged discharging empty every floor full guard heard highest hottest known life limits "
    "lost lowest measured member mosfet nothing others sensor slider solar spread steady stopped "
    "switched temperature there told voltage while";

/// All of them in lower case, one a line.
const std::string& own_vocabulary() {
  static const std::string kWords = [] {
    std::string words;
    const auto add = [&words](std::string_view word) { (words += to_lower(word)) += '\n'; };
    std::ranges::for_each(kFurtherWords, add);
    add(kWordsOfReasons);
    std::ranges::for_each(quantity_specs(), add, &ItemSpec::path);
    std::ranges::for_each(known_keys(), add, &KnownKey::name);
    return words;
  }();
  return kWords;
}

}  // namespace

bool is_all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

/// "mac" alone as well, but not within a word: "machine".
std::optional<Secret> secret_behind(std::string_view key) {
  if (equals_ignoring_case(key, "mac") || key.ends_with("_mac")) return Secret::serial;
  for (; key.size() > 1; key.remove_prefix(1)) {
    std::uint32_t words = kWordsByFirst[static_cast<unsigned char>(key[0])] &
                          kWordsBySecond[static_cast<unsigned char>(key[1])];
    for (; words != 0; words &= words - 1) {
      const auto& [word, kind] = kKeyWords[static_cast<std::size_t>(std::countr_zero(words))];
      if (key.size() >= word.size() && equals_ignoring_case(key.substr(0, word.size()), word))
        return kind;
    }
  }
  return std::nullopt;
}

std::optional<Secret> secret_of_config_key(std::string_view lower_key) {
  constexpr std::size_t kMaxSlips = 2;
  struct Key {
    std::string_view name;
    Secret kind;
    bool may_slip = true;
  };
  constexpr std::array kKeys{
      Key{"password", Secret::password},     Key{"username", Secret::user_name},
      Key{"broker_address", Secret::broker}, Key{"client", Secret::client_id, false},
      Key{"user", Secret::user_name, false}, Key{"pass", Secret::password, false},
      Key{"pwd", Secret::password, false},   Key{"record_mask", Secret::own_word}};
  for (const auto& [name, kind, may_slip] : kKeys)
    if (lower_key == name || (may_slip && typing_slips(lower_key, name) <= kMaxSlips)) return kind;
  return secret_behind(lower_key);
}

bool is_own_vocabulary(std::string_view text) {
  return own_vocabulary().find(to_lower(text)) != std::string::npos;
}

}  // namespace dmb::record
