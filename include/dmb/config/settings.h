// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/ini_text.h"
#include "dmb/config/known_keys.h"
#include "dmb/config/parse_value.h"
#include "dmb/config/problems.h"
#include "dmb/mapping/parse_map.h"

#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dmb {

/// One known key as the file sets it.
struct Setting {
  const KnownKey* known = nullptr;
  ConfigSpot spot;
  bool empty = true;                 ///< the key stands there without a value: not set
  std::optional<std::string> fault;  ///< what is wrong with the value, if something is
  bool essential = false;            ///< a fault of it is an error
  KeyValue value;
  mutable bool read = false;  ///< somebody asked for it: it matters in this configuration
};

/// A key that has no meaning in its section, unless a preset asks for it.
struct StrangeKey {
  ConfigSpot spot;
  std::string value;
  mutable bool read = false;
};

/// All keys of one section; sections of the same name are one.
struct SettingsSection {
  Family family = Family::general;
  std::string title = {};  ///< as written, without brackets
  std::string label = {};  ///< of a battery, its map, a bank or a charge control: its name
  int line = 0;            ///< of its first header
  std::map<std::string, Setting, std::less<>> settings;         ///< by lower-case key
  std::map<std::string, StrangeKey, std::less<>> strange = {};  ///< by lower-case key
  std::vector<MapEntry> map = {};                               ///< of a map: all of its lines
};

/// A config.ini with every value checked on its own.
struct Settings {
  std::vector<SettingsSection> sections;  ///< [DEFAULT], those without a name first

  const SettingsSection& of(
      Family family) const;  ///< not for those with a name; exists even if not written
  std::vector<const SettingsSection*> batteries() const { return all_of(Family::battery); }
  std::vector<const SettingsSection*> banks() const { return all_of(Family::bank); }
  std::vector<const SettingsSection*> charge_controls() const {
    return all_of(Family::charge_control);
  }
  /// The map of the battery called `label`; of that of [MQTT] when empty. Null: none is written.
  const SettingsSection* map_of(std::string_view label) const;

 private:
  std::vector<const SettingsSection*> all_of(Family family) const;
};

/// Checks names and values of all keys. Wrong values are only noted: how bad they are depends on
/// who reads them.
Settings check_settings(const IniDocument& document, Problems& problems);

/// A line of a [MAP] without its comment. Quotes stay: they keep a topic with a comma in it
/// together.
MapEntry map_entry_of(const IniEntry& entry);

/// The key is not known, or not there.
void report_strange(const ConfigSpot& spot, Family family, std::string_view lower_name,
                    Problems& problems);

/// Sections to look a key up in, one after the other: its own, then mostly [DEFAULT].
class Scope {
 public:
  Scope(std::initializer_list<const SettingsSection*> sections) : sections_(sections) {}

  /// Where the key is set, and counts as read from now on; null when it is not. One that is wrong
  /// and not essential is as good as not set.
  const Setting* find(std::string_view key) const;

  /// Whether it is set to something wrong that is essential.
  bool is_faulty(std::string_view key) const;

  /// Its checked value; nothing when it is not set or was wrong.
  template <class T>
  std::optional<T> get(std::string_view key) const {
    const Setting* setting = find(key);
    const T* value = setting != nullptr ? std::get_if<T>(&setting->value) : nullptr;
    return value != nullptr ? std::optional<T>(*value) : std::nullopt;
  }

  template <class T>
  T get_or(std::string_view key, T fallback) const {
    return get<T>(key).value_or(std::move(fallback));
  }

 private:
  std::vector<const SettingsSection*> sections_;
};

}  // namespace dmb
