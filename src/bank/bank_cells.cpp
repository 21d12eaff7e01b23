// SPDX-License-Identifier: MIT
#include "dmb/bank/bank_cells.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string>

namespace dmb {
namespace {

using Members = std::span<const MemberSnapshot>;
using Number = std::optional<double>;

constexpr MemberQuantity kMinCell = q("/System/MinCellVoltage");
constexpr MemberQuantity kMaxCell = q("/System/MaxCellVoltage");
constexpr MemberQuantity kMinTemperature = q("/System/MinCellTemperature");
constexpr MemberQuantity kMaxTemperature = q("/System/MaxCellTemperature");
constexpr MemberQuantity kTemperature = q("/Dc/0/Temperature");
constexpr MemberQuantity kHasTemperature = q("/Settings/HasTemperature");
constexpr MemberQuantity kCells = q("/System/NrOfCellsPerBattery");
constexpr MemberQuantity kDiff = q("/Voltages/Diff");

constexpr auto kConcerned =
    std::to_array<MemberQuantity>({kMinCell, kMaxCell, kMinTemperature, kMaxTemperature,
                                   kTemperature, kHasTemperature, kCells, kDiff});

/// Where an extreme stands: with no id it is the member's as a whole.
struct Place {
  MemberQuantity quantity;
  std::string MemberTexts::*id;
};

struct Extreme {
  double value = 0;
  const MemberSnapshot* member = nullptr;
  bool whole = false;  ///< it is the member's own temperature
};

template <typename Beyond, typename ValueOf>
std::optional<Extreme> extreme_of(Members members, Beyond beyond, ValueOf value_of) {
  std::optional<Extreme> extreme;
  for (const MemberSnapshot& member : members) {
    const std::optional<Extreme> own = value_of(member);
    if (!own) continue;
    const bool equal = extreme && own->value == extreme->value;
    if (!extreme || beyond(own->value, extreme->value) ||
        (equal && member.id < extreme->member->id))
      extreme = own;
  }
  return extreme;
}

std::string id_in_bank(const Extreme& extreme, std::string MemberTexts::*id) {
  const MemberSnapshot& member = *extreme.member;
  const std::string& text = member.texts.*id;
  if (extreme.whole || text.empty()) return member.name;
  return member.texts.ids_named ? text : member.name + " " + text;
}

template <typename Beyond>
std::string cell_id(Members members, Beyond beyond, Place place) {
  const auto cell = extreme_of(members, beyond, [place](const MemberSnapshot& member) {
    const Number& voltage_v = member.values[place.quantity];
    return voltage_v ? std::optional(Extreme{*voltage_v, &member}) : std::nullopt;
  });
  return cell ? id_in_bank(*cell, place.id) : "";
}

template <typename Beyond>
void refresh_temperature(Aggregate& bank, Members members, Beyond beyond, Place place) {
  const auto sensor =
      extreme_of(members, beyond, [place](const MemberSnapshot& member) -> std::optional<Extreme> {
        if (const Number& cell_c = member.values[place.quantity]) return Extreme{*cell_c, &member};
        const Number own_c = member_temperature_c(member);
        if (!own_c) return std::nullopt;
        return Extreme{*own_c, &member, true};
      });
  bank.values[place.quantity] = sensor ? Number(sensor->value) : std::nullopt;
  bank.texts.*place.id = sensor ? id_in_bank(*sensor, place.id) : "";
}

Number common_number(Members members, MemberQuantity item) {
  Number common;
  for (const MemberSnapshot& member : members) {
    const Number& told = member.values[item];
    if (told && common && *told != *common) return std::nullopt;
    if (told) common = told;
  }
  return common;
}

Number widest(const Aggregate& bank, Members members) {
  Number diff_v;
  for (const MemberSnapshot& member : members)
    if (const Number& own_v = member.values[kDiff]) diff_v = std::max(diff_v.value_or(0), *own_v);
  const Number& lowest_v = bank.values[kMinCell];
  const Number& highest_v = bank.values[kMaxCell];
  // Of two members of which each tells one end only nothing follows.
  if (lowest_v && highest_v && *highest_v >= *lowest_v)
    diff_v = std::max(diff_v.value_or(0), *highest_v - *lowest_v);
  return diff_v;
}

}  // namespace

bool concerns_cells(const StaleValues& stale) {
  return stale.texts ||
         std::ranges::any_of(kConcerned, [&stale](MemberQuantity item) { return stale.has(item); });
}

void refresh_cells(Aggregate& bank, Members members) {
  bank.texts.min_cell_id = cell_id(members, std::less<>(), {kMinCell, &MemberTexts::min_cell_id});
  bank.texts.max_cell_id =
      cell_id(members, std::greater<>(), {kMaxCell, &MemberTexts::max_cell_id});
  refresh_temperature(bank, members, std::less<>(),
                      {kMinTemperature, &MemberTexts::min_temperature_id});
  refresh_temperature(bank, members, std::greater<>(),
                      {kMaxTemperature, &MemberTexts::max_temperature_id});
  bank.values[kCells] = common_number(members, kCells);
  bank.values[kDiff] = widest(bank, members);
}

}  // namespace dmb
