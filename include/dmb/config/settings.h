// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/ini_text.h"
#include "dmb/config/known_keys.h"
#include "dmb/config/parse_value.h"
#include "dmb/config/problems.h"

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

/// All keys of one section; sections of the same name are one.
struct SettingsSection {
  Family family = Family::general;
  std::string title = {};                                ///< as written, without brackets
  std::string label = {};                                ///< of a battery: its name
  int line = 0;                                          ///< of its first header
  std::map<std::string, Setting, std::less<>> settings;  ///< by lower-case key
};

/// A config.ini with every value checked on its own.
struct Settings {
  std::vector<SettingsSection> sections;  ///< [DEFAULT], [TIME_TO_GO], [MQTT], [SMARTSHUNTS] first

  const SettingsSection& of(
      Family family) const;  ///< not for batteries; exists even if not written
  std::vector<const SettingsSection*> batteries() const;
};

/// Checks names and values of all keys. Wrong values are only noted: how bad they are depends on
/// who reads them.
Settings check_settings(const IniDocument& document, Problems& problems);

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
