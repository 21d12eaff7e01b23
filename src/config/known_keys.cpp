// SPDX-License-Identifier: MIT
#include "dmb/config/known_keys.h"

#include "dmb/battery/letter_case.h"
#include "dmb/codec/spelling.h"
#include "dmb/codec/text.h"
#include "dmb/config/charge_synonyms.h"
#include "dmb/config/ini_value.h"

#include <algorithm>
#include <array>
#include <vector>

namespace dmb {
namespace {

using namespace std::string_view_literals;
using enum Family;
using enum ValueKind;

constexpr FamilySet kGeneral = bit(general);
constexpr FamilySet kServices = bit(battery) | bit(smartshunts) | bit(bank);
constexpr FamilySet kTimeToGo = bit(general) | bit(battery) | bit(bank);
constexpr FamilySet kFurther = bit(battery) | bit(bank);   // sections with a name of their own
constexpr FamilySet kBroker = kGeneral | bit(publish);     // how to reach one
constexpr FamilySet kBankLike = bit(general) | bit(bank);  // what a bank has of its own, too

constexpr double kYear_s = 365.0 * 24 * 3600;
constexpr double kMinute_ms = 60'000;
constexpr double kMaxShown_a = 20'000;  // a limit above its item's range would go out as "none"

constexpr std::array kLogLevels{"ERROR"sv, "WARNING"sv, "INFO"sv, "DEBUG"sv, "WARN"sv};
constexpr std::array kWhileCharging{"full"sv, "none"sv};         // WhileCharging
constexpr std::array kShuntModes{"monitor"sv, "virtual-bms"sv};  // ShuntMode
constexpr std::array kCapacityModes{"register"sv, "soc"sv};      // CapacityMode
constexpr std::array kAuto{"auto"sv};

constexpr KnownKey charge_key(std::string_view key) {
  return {.name = key, .home = charge_control, .kind = charge, .essential = true};
}

// clang-format off
constexpr std::array kKeys{
    KnownKey{.name = "logging", .home = general, .kind = choice, .words = kLogLevels},
    KnownKey{.name = "sources", .home = general, .kind = ValueKind::sources},
    KnownKey{.name = "device_name", .home = general, .also = kFurther, .kind = name},
    KnownKey{.name = "device_instance", .home = general, .also = kFurther, .kind = whole, .min = 0, .max = 9999},
    KnownKey{.name = "service_name", .home = general, .also = kFurther, .kind = ValueKind::service_name},
    KnownKey{.name = "timeout", .home = general, .also = kServices | bit(mqtt), .kind = whole, .min = 0, .max = kYear_s, .unit = "seconds", .likely_min = 0, .likely_max = 3600},
    KnownKey{.name = "min_update_interval", .home = general, .also = kServices, .kind = whole, .min = 0, .max = kMinute_ms, .unit = "milliseconds"},
    KnownKey{.name = "stop_discharge_on_timeout", .home = general, .also = kServices, .kind = boolean},
    KnownKey{.name = "control", .home = bank, .also = bit(battery) | bit(mqtt), .kind = boolean, .essential = true},
    KnownKey{.name = "required", .home = general, .also = bit(battery) | bit(mqtt), .kind = items},
    KnownKey{.name = "cell_page", .home = general, .also = kServices, .kind = boolean},
    KnownKey{.name = "switches", .home = general, .also = kServices, .kind = boolean},
    KnownKey{.name = "record", .home = general, .kind = path},
    KnownKey{.name = "record_hours", .home = general, .kind = whole, .min = 1, .max = 720, .unit = "hours"},
    KnownKey{.name = "record_mb", .home = general, .kind = whole, .min = 2, .max = 10'000, .unit = "megabytes"},
    KnownKey{.name = "record_mask", .home = general, .kind = list},
    KnownKey{.name = "product_id", .home = general, .also = kFurther, .kind = ValueKind::product_id, .min = 0, .max = 0xFFFF},

    KnownKey{.name = "enabled", .home = time_to_go, .also = kTimeToGo, .kind = boolean},
    KnownKey{.name = "soc", .home = time_to_go, .also = kTimeToGo, .kind = decimal, .min = 0, .max = 100, .unit = "percent"},
    KnownKey{.name = "recalculate_every", .home = time_to_go, .also = kTimeToGo, .kind = whole, .min = 5, .max = kYear_s, .unit = "seconds"},
    KnownKey{.name = "while_charging", .home = time_to_go, .also = kTimeToGo, .kind = choice, .words = kWhileCharging},

    KnownKey{.name = "broker_address", .home = mqtt, .also = kBroker, .kind = address, .essential = true},
    KnownKey{.name = "broker_port", .home = mqtt, .also = kBroker, .kind = whole, .min = 1, .max = 65535},
    KnownKey{.name = "topic", .home = mqtt, .also = kGeneral | bit(battery), .kind = topic, .essential = true},
    KnownKey{.name = "preset", .home = mqtt, .also = kGeneral | bit(battery), .kind = ValueKind::preset, .essential = true},
    KnownKey{.name = "username", .home = mqtt, .also = kBroker, .kind = user_name},
    KnownKey{.name = "password", .home = mqtt, .also = kBroker, .kind = password},
    KnownKey{.name = "tls_enabled", .home = mqtt, .also = kBroker, .kind = boolean, .essential = true},
    KnownKey{.name = "tls_path_to_ca", .home = mqtt, .also = kBroker, .kind = path},
    KnownKey{.name = "tls_insecure", .home = mqtt, .also = kBroker, .kind = boolean},
    KnownKey{.name = "tls_path_to_cert", .home = mqtt, .also = kBroker, .kind = path},
    KnownKey{.name = "tls_path_to_key", .home = mqtt, .also = kBroker, .kind = path},

    KnownKey{.name = "device_mode", .home = smartshunts, .also = kGeneral, .kind = choice, .words = kShuntModes, .essential = true},
    KnownKey{.name = "device_name", .home = smartshunts, .kind = name},
    KnownKey{.name = "device_instance", .home = smartshunts, .kind = whole, .min = 0, .max = 9999},
    KnownKey{.name = "service_name", .home = smartshunts, .kind = ValueKind::service_name},
    KnownKey{.name = "product_id", .home = smartshunts, .kind = ValueKind::product_id, .min = 0, .max = 0xFFFF},
    KnownKey{.name = "total_capacity", .home = smartshunts, .also = kBankLike, .kind = limit, .max = 1e6, .unit = "Ah", .words = kAuto, .likely_min = 5, .likely_max = 50'000},
    KnownKey{.name = "capacity_mode", .home = smartshunts, .also = kGeneral, .kind = choice, .words = kCapacityModes},
    KnownKey{.name = "exclude_shunts", .home = smartshunts, .also = kGeneral, .kind = list},
    KnownKey{.name = "include_shunts", .home = smartshunts, .also = kGeneral, .kind = list},
    KnownKey{.name = "expected_shunts", .home = smartshunts, .also = kGeneral, .kind = whole, .min = 1, .max = 1000, .words = kAuto},
    KnownKey{.name = "temp_cold_danger", .home = smartshunts, .also = kBankLike, .kind = decimal, .min = -100, .max = 150, .unit = "°C", .essential = true, .likely_min = -20, .likely_max = 25},
    KnownKey{.name = "temp_hot_danger", .home = smartshunts, .also = kBankLike, .kind = decimal, .min = -100, .max = 150, .unit = "°C", .essential = true, .likely_min = 30, .likely_max = 80},
    KnownKey{.name = "max_charge_voltage", .home = smartshunts, .also = kBankLike, .kind = limit, .max = 1000, .unit = "V", .essential = true, .likely_min = 10, .likely_max = 70},
    KnownKey{.name = "max_charge_current", .home = smartshunts, .also = kBankLike, .kind = limit, .max = kMaxShown_a, .unit = "A", .essential = true, .likely_min = 1, .likely_max = 3000},
    KnownKey{.name = "max_discharge_current", .home = smartshunts, .also = kBankLike, .kind = limit, .max = kMaxShown_a, .unit = "A", .essential = true, .likely_min = 1, .likely_max = 3000},
    KnownKey{.name = "log_period", .home = smartshunts, .also = kBankLike, .kind = whole, .min = 0, .max = kYear_s, .unit = "seconds"},

    KnownKey{.name = "members", .home = bank, .kind = list},
    KnownKey{.name = "shunt", .home = bank, .kind = name, .essential = true},
    KnownKey{.name = "pair", .home = bank, .kind = pairs, .essential = true},
    KnownKey{.name = "series", .home = bank, .kind = whole, .min = 1, .max = 64, .essential = true},
    KnownKey{.name = "show_members", .home = bank, .kind = boolean},
    KnownKey{.name = "when_member_lost", .home = bank, .kind = member_loss, .max = kYear_s, .essential = true},
    KnownKey{.name = "expected", .home = bank, .kind = whole, .min = 1, .max = 1000, .words = kAuto},

    charge_key("enabled"),
    charge_key("chemistry"),
    charge_key("max_charge_current"),
    charge_key("max_discharge_current"),
    charge_key("cells"),
    charge_key("cell_full"),
    charge_key("cell_float"),
    charge_key("cell_empty"),
    charge_key("cell_never_above"),
    charge_key("tail_current"),
    charge_key("full_for"),
    charge_key("bulk_again_soc"),
    charge_key("bulk_again_spread"),
    charge_key("charge_by_cell"),
    charge_key("discharge_by_cell"),
    charge_key("charge_by_temperature"),
    charge_key("discharge_by_temperature"),
    charge_key("charge_by_mosfet"),
    charge_key("discharge_by_mosfet"),
    charge_key("charge_by_soc"),
    charge_key("discharge_by_soc"),
    charge_key("balance_every_days"),
    charge_key("balance_cell"),
    charge_key("charge_to_soc"),
    charge_key("season_full"),

    KnownKey{.name = "homeassistant", .home = publish, .kind = boolean},
    KnownKey{.name = "topic", .home = publish, .kind = topic_prefix},
    KnownKey{.name = "client", .home = publish, .kind = name},
    KnownKey{.name = "interval", .home = publish, .kind = whole, .min = 1, .max = 3600, .unit = "seconds"},
    KnownKey{.name = "discovery_prefix", .home = publish, .kind = topic_prefix},

    KnownKey{.name = "update_interval_find_devices", .home = smartshunts, .also = kGeneral, .kind = ignored},
    KnownKey{.name = "max_update_interval_find_devices", .home = smartshunts, .also = kGeneral, .kind = ignored},
    KnownKey{.name = "search_trials", .home = smartshunts, .also = kGeneral, .kind = ignored},
    KnownKey{.name = "read_trials", .home = smartshunts, .also = kGeneral, .kind = ignored},
    KnownKey{.name = "time_before_restart", .home = smartshunts, .also = kGeneral, .kind = ignored},
};
// clang-format on

/// Names of the Python driver's first versions.
struct FormerName {
  std::string_view former;
  std::string_view name;
};
constexpr std::array kFormerNames{FormerName{"topic_battery", "topic"}};

constexpr bool one_row_per_name_and_home() {
  for (std::size_t i = 0; i < kKeys.size(); ++i) {
    for (std::size_t j = i + 1; j < kKeys.size(); ++j) {
      if (kKeys[i].name == kKeys[j].name && kKeys[i].home == kKeys[j].home) return false;
    }
  }
  return true;
}
static_assert(one_row_per_name_and_home());

constexpr std::array kTitles{"DEFAULT"sv,      "TIME_TO_GO"sv,     "MQTT"sv,
                             "BATTERY name"sv, "SMARTSHUNTS"sv,    "MAP"sv,
                             "BANK name"sv,    "CHARGE CONTROL"sv, "PUBLISH"sv};

/// As rows of the table.
std::span<const KnownKey> foreign_keys() {
  static const std::vector<KnownKey> kRows = [] {
    std::vector<KnownKey> rows;
    for (const std::string_view key : foreign_charge_keys()) rows.push_back(charge_key(key));
    return rows;
  }();
  return kRows;
}

const KnownKey* find_foreign(std::string_view lower_name) {
  const auto row = std::ranges::find(foreign_keys(), lower_name, &KnownKey::name);
  return row != foreign_keys().end() ? &*row : nullptr;
}

bool stands_in(const KnownKey& key, Family family) {
  return key.home == family || (key.also & bit(family)) != 0;
}

std::string in_quotes(std::string_view text) {
  return '"' + std::string(text) + '"';
}
std::string in_brackets(std::string_view text) {
  return '[' + std::string(text) + ']';
}

/// Sections with a name behind the word.
struct NamedSection {
  std::string_view word;
  std::string_view title;
  std::string_view example;
};
constexpr std::array kNamedSections{NamedSection{"battery", "BATTERY", "Garage"},
                                    NamedSection{"bank", "BANK", "House"},
                                    NamedSection{"charge control", "CHARGE CONTROL", "House"}};

/// Of "BATTERY: Garage" what stands behind the word, for people.
std::string label_in(std::string_view rest) {
  const std::size_t begin = rest.find_first_not_of(" \t:._-/");
  return begin == std::string_view::npos ? "" : printable(trim(rest.substr(begin)));
}

/// The first row of that name, whatever its section.
const KnownKey* find_anywhere(std::string_view lower_name) {
  const auto row = std::find_if(kKeys.begin(), kKeys.end(),
                                [&](const KnownKey& key) { return key.name == lower_name; });
  return row != kKeys.end() ? &*row : find_foreign(lower_name);
}

}  // namespace

std::span<const KnownKey> known_keys() {
  return kKeys;
}

const KnownKey* find_key(Family family, std::string_view lower_name) {
  for (const FormerName& old : kFormerNames) {
    if (old.former == lower_name) lower_name = old.name;
  }
  const KnownKey* fallback = nullptr;
  for (const KnownKey& key : kKeys) {
    if (key.name != lower_name) continue;
    if (key.home == family) return &key;
    if (stands_in(key, family)) fallback = &key;
  }
  if (fallback == nullptr && family == charge_control) return find_foreign(lower_name);
  return fallback;
}

bool is_essential(const KnownKey& key, Family family) {
  // A further battery's number has no default.
  return key.essential || (family == battery && key.name == "device_instance");
}

std::string_view section_title(Family family) {
  return kTitles.at(static_cast<std::size_t>(family));
}

std::string unknown_key_message(Family family, std::string_view lower_name) {
  if (const KnownKey* elsewhere = find_anywhere(lower_name)) {
    return "has no meaning in this section and is ignored; it belongs in " +
           in_brackets(section_title(elsewhere->home));
  }
  std::vector<std::string_view> here;
  std::vector<std::string_view> anywhere;
  for (const KnownKey& key : kKeys) {
    anywhere.push_back(key.name);
    if (stands_in(key, family)) here.push_back(key.name);
  }
  if (family == charge_control)
    for (const KnownKey& key : foreign_keys()) here.push_back(key.name);
  const std::string unknown = "unknown key, ignored";
  if (const auto near = nearest_word(lower_name, here); !near.empty()) {
    return unknown + "; did you mean " + in_quotes(near) + "?";
  }
  if (const auto near = nearest_word(lower_name, anywhere); !near.empty()) {
    return unknown + "; did you mean " + in_quotes(near) + " of " +
           in_brackets(section_title(find_anywhere(near)->home)) + "?";
  }
  return unknown + "; config.sample.ini lists all keys";
}

std::string unknown_section_message(std::string_view name) {
  const std::string unknown = "unknown section, ignored with all its keys";
  const std::string lower = to_lower(name);
  for (const NamedSection& kind : kNamedSections) {
    if (!lower.starts_with(kind.word)) continue;
    const std::string label = label_in(name.substr(kind.word.size()));
    return unknown + "; a " + std::string(kind.word) + "'s section is written " +
           in_brackets(std::string(kind.title) + ' ' +
                       (label.empty() ? std::string(kind.example) : label));
  }
  constexpr std::array kNames{"default"sv, "time_to_go"sv,     "mqtt"sv,   "smartshunts"sv,
                              "map"sv,     "charge control"sv, "publish"sv};
  constexpr std::array kFamilies{general, time_to_go,     mqtt,   smartshunts,
                                 map,     charge_control, publish};
  const auto near = nearest_word(lower, kNames);
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames.at(i) != near) continue;
    return unknown + "; did you mean " + in_brackets(section_title(kFamilies.at(i))) + "?";
  }
  return unknown +
         "; known are [DEFAULT], [TIME_TO_GO], [MQTT], [BATTERY name], [BANK name], "
         "[SMARTSHUNTS], [MAP], [MAP name], [CHARGE CONTROL], [CHARGE CONTROL name], [PUBLISH]";
}

}  // namespace dmb
