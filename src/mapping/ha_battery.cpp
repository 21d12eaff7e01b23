// SPDX-License-Identifier: MIT
#include "ha_battery.h"

#include "dmb/battery/letter_case.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>

namespace dmb {
namespace {

/// What an entity is called, in words: "jk", "bms", "cell", "voltage", "1".
class Words {
 public:
  explicit Words(const HaEntity& entity) {
    add(entity.id);
    const std::size_t before = words_.size();
    add(entity.name);
    name_begins_ = words_.size() > before ? before : 0;
  }

  bool has(std::string_view word) const { return std::ranges::find(words_, word) != words_.end(); }
  bool has_any(std::initializer_list<std::string_view> words) const {
    return std::ranges::any_of(words, [this](std::string_view word) { return has(word); });
  }
  /// A word that begins so: "charging" and "charge" with "charg".
  bool begins(std::string_view start) const {
    return std::ranges::any_of(
        words_, [start](const std::string& word) { return word.starts_with(start); });
  }
  bool begins_any(std::initializer_list<std::string_view> starts) const {
    return std::ranges::any_of(starts, [this](std::string_view start) { return begins(start); });
  }
  /// The last number of its name, or where it has none, of its id: other numbers are the device's.
  std::optional<int> number() const {
    for (std::size_t i = words_.size(); i > name_begins_; --i)
      if (const auto number = number_in(words_[i - 1])) return number;
    return std::nullopt;
  }

 private:
  static std::optional<int> number_in(const std::string& word) {
    int number = 0;
    const char* end = word.data() + word.size();
    const auto read = std::from_chars(word.data(), end, number);
    return read.ec == std::errc{} && read.ptr == end ? std::optional(number) : std::nullopt;
  }

  void add(std::string_view text) {
    std::string word;
    for (const char c : text) {
      if (is_digit(c) || is_letter(c)) {
        word += lower(c);
      } else {
        add_word(std::exchange(word, {}));
      }
    }
    add_word(std::move(word));
  }

  /// "cell01" is "cell" and "01"; an address like "a4ac01" stays what it is.
  void add_word(std::string word) {
    if (word.empty()) return;
    const auto letters =
        static_cast<std::size_t>(std::ranges::find_if_not(word, is_letter) - word.begin());
    const std::string digits = word.substr(letters);
    if (letters > 0 && !digits.empty() && std::ranges::all_of(digits, is_digit)) {
      words_.push_back(word.substr(0, letters));
      words_.push_back(digits);
    } else {
      words_.push_back(std::move(word));
    }
  }

  std::vector<std::string> words_;
  std::size_t name_begins_ = 0;
};

enum class Unit { none, volt, ampere, watt, percent, ampere_hours, celsius };

struct UnitName {
  std::string_view name;
  Unit unit;
  double factor = 1;
  double offset = 0;
};

constexpr double kPerFahrenheit = 5.0 / 9.0;
constexpr auto kUnits = std::to_array<UnitName>({
    {"V", Unit::volt},
    {"mV", Unit::volt, 0.001},
    {"A", Unit::ampere},
    {"mA", Unit::ampere, 0.001},
    {"W", Unit::watt},
    {"kW", Unit::watt, 1000},
    {"%", Unit::percent},
    {"Ah", Unit::ampere_hours},
    {"mAh", Unit::ampere_hours, 0.001},
    {"°C", Unit::celsius},
    {"C", Unit::celsius},
    {"°F", Unit::celsius, kPerFahrenheit, -32 * kPerFahrenheit},
});

/// Of those that announce a device class without a unit.
constexpr auto kClasses = std::to_array<UnitName>({
    {"voltage", Unit::volt},
    {"current", Unit::ampere},
    {"power", Unit::watt},
    {"battery", Unit::percent},
    {"temperature", Unit::celsius},
});

UnitName unit_of(const HaEntity& entity) {
  const auto find = [](std::span<const UnitName> names, const std::string& name) {
    const auto found = std::ranges::find(names, name, &UnitName::name);
    return found == names.end() ? UnitName{{}, Unit::none} : *found;
  };
  return entity.unit.empty() ? find(kClasses, entity.device_class) : find(kUnits, entity.unit);
}

/// What the owner set, or is asked to set; also what belongs to other parts of the house.
bool is_no_reading(const Words& words) {
  return words.begins_any({"protect", "recover", "cutoff", "calibrat", "threshold", "alarm",
                           "warning", "setting", "setpoint", "trigger", "hysteresis", "delay"}) ||
         words.has_any({"pv", "solar", "grid", "ac", "load", "mppt", "panel", "inverter",
                        "generator", "float", "absorption", "bulk", "rcv", "sleep", "start", "stop",
                        "today", "yesterday", "history"});
}

bool is_one_way(const Words& words) {
  return words.begins("charg") != words.begins("discharg");
}

int rank_of(const Words& words) {
  int rank = 0;
  if (words.has_any({"total", "pack", "bank"})) rank += 3;
  if (words.begins("batter")) rank += 2;
  if (words.has_any({"average", "avg", "mean"})) rank -= 2;
  return rank;
}

std::optional<HaItem> limit_item(const Words& words, Quantity charge, Quantity discharge) {
  const bool discharges = words.begins("discharg") || words.has("dcl");
  return HaItem{.item = discharges ? discharge : charge, .is_limit = true};
}

bool is_limit(const Words& words) {
  const bool is_bounded =
      words.begins("limit") || words.has_any({"max", "maximum", "ccl", "dcl", "cvl"});
  return (is_bounded && words.begins_any({"charg", "discharg"})) ||
         words.has_any({"ccl", "dcl", "cvl"});
}

std::optional<HaItem> cell_item(const Words& words) {
  if (words.has_any({"average", "avg", "mean"})) return std::nullopt;
  if (words.has_any({"min", "minimum", "lowest", "low"}))
    return HaItem{q("/System/MinCellVoltage")};
  if (words.has_any({"max", "maximum", "highest", "high"}))
    return HaItem{q("/System/MaxCellVoltage")};
  if (words.begins_any({"delta", "diff", "spread"})) return HaItem{q("/Voltages/Diff")};
  const auto number = words.number();
  if (!number || *number < 1 || *number > kMaxCells) return std::nullopt;
  return HaItem{cell_voltage(*number)};
}

std::optional<HaItem> voltage_item(const Words& words) {
  if (words.begins("cell") && !words.has("cells")) return cell_item(words);
  if (is_limit(words))
    return limit_item(words, q("/Info/MaxChargeVoltage"), q("/Info/BatteryLowVoltage"));
  if (words.begins_any({"charg", "discharg", "delta", "diff"}) ||
      words.has_any({"min", "max", "minimum", "maximum"}))
    return std::nullopt;
  return HaItem{q("/Dc/0/Voltage"), rank_of(words)};
}

std::optional<HaItem> current_item(const Words& words) {
  if (is_limit(words))
    return limit_item(words, q("/Info/MaxChargeCurrent"), q("/Info/MaxDischargeCurrent"));
  if (words.begins("balanc") || is_one_way(words) || words.has_any({"min", "max"}))
    return std::nullopt;
  return HaItem{q("/Dc/0/Current"), rank_of(words)};
}

std::optional<HaItem> power_item(const Words& words) {
  if (is_one_way(words) || is_limit(words) || words.has_any({"min", "max"})) return std::nullopt;
  return HaItem{q("/Dc/0/Power"), rank_of(words)};
}

std::optional<HaItem> share_item(const Words& words, const HaEntity& entity) {
  if (words.has("soh") || words.begins("health")) return HaItem{q("/Soh")};
  if (words.has("soc") || (words.has("state") && words.begins("charg")))
    return HaItem{q("/Soc"), rank_of(words) + 4};
  const bool is_rest = words.begins("capacit") && words.begins("remain");
  if (entity.device_class == "battery" || is_rest || words.has("level"))
    return HaItem{q("/Soc"), rank_of(words)};
  return std::nullopt;
}

std::optional<HaItem> capacity_item(const Words& words) {
  if (words.begins_any({"cycle", "charg", "discharg", "consum", "throughput"}) &&
      !words.has_any({"full"}))
    return std::nullopt;
  if (words.begins_any({"remain", "residual", "left", "avail"})) return HaItem{q("/Capacity")};
  if (words.begins("capacit")) return HaItem{q("/InstalledCapacity"), words.begins("full") ? 1 : 0};
  return std::nullopt;
}

std::optional<HaItem> temperature_item(const Words& words) {
  if (words.begins_any({"mos", "fet"})) return HaItem{q("/System/MOSTemperature")};
  if (words.begins_any({"ambient", "environ", "board", "tube", "esp", "cpu", "chip"}) ||
      words.has_any({"min", "max", "minimum", "maximum"}))
    return std::nullopt;
  const auto number = words.number();
  if (!number) return HaItem{q("/Dc/0/Temperature"), 1 + rank_of(words)};
  if (*number < 1 || *number > 4) return std::nullopt;
  return HaItem{q("/System/Temperature1").after(static_cast<std::size_t>(*number - 1))};
}

/// A switch of a transistor says what is allowed; that a battery charges now says nothing of that.
std::optional<HaItem> two_states_item(const Words& words, const HaEntity& entity) {
  const bool is_switch =
      entity.component == "switch" || words.begins_any({"mos", "fet", "allow", "enabl"});
  if (!is_switch || is_one_way(words) == false || words.begins("heat")) return std::nullopt;
  const Quantity item =
      words.begins("discharg") ? q("/Io/AllowToDischarge") : q("/Io/AllowToCharge");
  return HaItem{.item = item, .rank = entity.component == "switch" ? 0 : 1, .has_two_states = true};
}

std::optional<HaItem> item_of_unit(Unit unit, const Words& words, const HaEntity& entity) {
  switch (unit) {
    case Unit::volt:
      return voltage_item(words);
    case Unit::ampere:
      return current_item(words);
    case Unit::watt:
      return power_item(words);
    case Unit::percent:
      return share_item(words, entity);
    case Unit::ampere_hours:
      return capacity_item(words);
    case Unit::celsius:
      return temperature_item(words);
    case Unit::none:
      break;
  }
  const bool counts_cycles = entity.unit.empty() && words.begins("cycle");
  return counts_cycles ? std::optional(HaItem{q("/History/ChargeCycles")}) : std::nullopt;
}

}  // namespace

std::optional<HaItem> ha_item_of(const HaEntity& entity) {
  const Words words(entity);
  if (is_no_reading(words)) return std::nullopt;
  if (entity.component != "sensor") return two_states_item(words, entity);
  const UnitName unit = unit_of(entity);
  auto item = item_of_unit(unit.unit, words, entity);
  if (!item) return std::nullopt;
  item->factor = unit.factor;
  item->offset = unit.offset;
  return item;
}

}  // namespace dmb
