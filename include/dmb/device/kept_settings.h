// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"
#include "dmb/codec/bus_value.h"
#include "dmb/codec/kept_values.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dmb {

/// A setting that outlives us.
struct SettingSpec {
  std::string name;  ///< "Switch_stop_charge"; of letters, digits and '_', a letter first
  Value initial;     ///< its type is the setting's; a text is no longer than kMaxWrittenCharacters
  double min = 0;    ///< inclusive; of a number
  double max = 0;
  bool operator==(const SettingSpec&) const = default;
};

/// What users set of one battery or bank, beside its name and instance: which settings there are,
/// their values, and what com.victronenergy.settings has yet to be told of them.
///
/// Whatever that service does, there is a value at any time. The one stored there wins, but for one
/// that was written here and has not been stored yet; what cannot be a setting's value counts for
/// nothing. A value that was refused, or that nobody was there to store, is offered again to the
/// next service that comes.
class KeptSettings {
 public:
  // --- For whoever has the settings ---

  /// What an earlier run left. Before the first offer().
  void recall(KeptValues memory) { remembered_ = std::move(memory); }
  /// From now on these settings, each with the value remembered of it; else with its initial one.
  /// A number that is out of a setting's new range becomes the end of it. Whether the service is
  /// to be asked again.
  bool offer(const std::vector<SettingSpec>& specs);
  /// nullptr: no such setting is offered.
  const Value* find(std::string_view name) const;
  /// Somebody set it here; out of range or of another type it changes nothing.
  void write(std::string_view name, const Value& value);
  /// What is to be known after a restart, also of settings that are not offered now.
  KeptValues memory() const;
  /// Whether memory() says something new since the last call.
  bool take_memory_news() { return std::exchange(memory_news_, false); }

  // --- For the client of the settings service ---

  /// In order of name, with the present value as the initial one: a service that lost its store is
  /// given what counts here.
  std::vector<SettingSpec> wanted() const;

  enum class Taken : std::uint8_t {
    same,
    changed,  ///< the setting has another value now
    refused,  ///< it cannot have that value; said of a setting once until it can
    refused_again,
  };
  /// What the service has, as it answered when it was asked for the settings.
  Taken take_answer(std::string_view name, const std::optional<BusValue>& value);
  /// Somebody changed it there. Of a setting that is on its way it is older than that, or the echo.
  Taken take_change(std::string_view name, const std::optional<BusValue>& value);

  struct Errand {
    std::string name;
    Value value;
  };
  /// What is to be stored now: each is on its way until done(), or away().
  std::vector<Errand> take_errands();
  /// `stored`: the service took it.
  void done(std::string_view name, bool stored);
  /// The service is gone, and with it what was on its way.
  void away();

 private:
  struct Setting {
    SettingSpec spec;
    KeptValue kept;
    bool known = false;  ///< the service answered for it, and takes values
    bool refusal_said = false;
    std::optional<Value> on_its_way = {};
  };
  using Settings = std::map<std::string, Setting, std::less<>>;

  KeptValue value_of_new(const SettingSpec& spec);
  void put_aside(const Setting& setting);
  Taken take(Setting& setting, const std::optional<BusValue>& value);

  Settings settings_;
  KeptValues remembered_;  ///< of those that are not offered
  bool memory_news_ = false;
};

}  // namespace dmb
