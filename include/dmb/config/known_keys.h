// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace dmb {

/// The kinds of section of a config.ini.
enum class Family : std::uint8_t {
  general,
  time_to_go,
  mqtt,
  battery,
  smartshunts,
  map,
  bank,
  charge_control,
  publish
};

/// What a value must look like; decides the type it is read into (parse_value.h).
enum class ValueKind : std::uint8_t {
  whole,         ///< int, min…max; one of the words: not set
  decimal,       ///< double, min…max
  limit,         ///< double above 0, up to max; 0 or one of the words: not set
  boolean,       ///< bool
  choice,        ///< int: which of the words
  sources,       ///< int: bits, kSourceMqtt | kSourceShunts; 0 is auto
  name,          ///< string for people
  service_name,  ///< string, part of a bus name
  address,       ///< string, host name or IP address
  topic,         ///< string, MQTT topic filter
  topic_prefix,  ///< string, what topics begin with
  path,          ///< string, absolute file name
  user_name,     ///< string, no comments
  password,      ///< string, no comments, never shown
  list,          ///< strings
  preset,        ///< string, name of a preset
  items,         ///< strings, payload keys of items: "dc/0/voltage"
  product_id,    ///< int, also hexadecimal
  pairs,         ///< strings, "battery:shunt"
  member_loss,   ///< string: "shrink", "stop", or the number of "keep N"
  charge,        ///< string, for read_charge_control()
  ignored,       ///< accepted and ignored, never looked at
};

inline constexpr int kSourceMqtt = 1;
inline constexpr int kSourceShunts = 2;

/// Set of families, one bit each.
using FamilySet = std::uint16_t;
constexpr FamilySet bit(Family family) {
  return static_cast<FamilySet>(1U << static_cast<unsigned>(family));
}

/// One key of the config. A new key is one row of the table.
struct KnownKey {
  std::string_view name;  ///< lower case
  Family home;            ///< the section it belongs to
  FamilySet also = 0;     ///< sections where it may stand as well (fallback or override)
  ValueKind kind;
  double min = 0;
  double max = 0;
  std::string_view unit = {};                    ///< for messages: "seconds"
  std::span<const std::string_view> words = {};  ///< of a choice, or those that mean "not set"
  /// Nothing can be run safely on a guess: a wrong value is an error. Any other key's default is
  /// used instead, with a warning.
  bool essential = false;
  /// Outside of these a number is taken, but hardly meant; equal: no opinion.
  double likely_min = 0;
  double likely_max = 0;
};

/// Every key there is, but for those of other programs that a [CHARGE CONTROL] section may have.
std::span<const KnownKey> known_keys();

/// The key `lower_name`, or the one it was called formerly, where it stands in a section of
/// `family`; null when it has no meaning there.
const KnownKey* find_key(Family family, std::string_view lower_name);

/// Whether a wrong value of `key` in a section of `family` is an error.
bool is_essential(const KnownKey& key, Family family);

/// "DEFAULT", "TIME_TO_GO", "MQTT", "BATTERY name", "SMARTSHUNTS", "MAP", "BANK name",
/// "CHARGE CONTROL", "PUBLISH".
std::string_view section_title(Family family);

/// What to tell about a key without meaning in a section of `family`: the nearest known key, or the
/// section it belongs in.
std::string unknown_key_message(Family family, std::string_view lower_name);

/// What to tell about a section that is not known.
std::string unknown_section_message(std::string_view name);

}  // namespace dmb
