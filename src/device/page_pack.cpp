// SPDX-License-Identifier: MIT
#include "dmb/device/page_pack.h"

#include "dmb/bank/aggregate.h"
#include "dmb/battery/quantity.h"
#include "dmb/device/own_member.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <system_error>
#include <utility>

namespace dmb {
namespace {

constexpr std::int32_t kBalanced = 1;
constexpr std::int32_t kImbalance = 2;
constexpr std::int32_t kBalancing = 4;

/// The display's bits, and what raises them.
struct StatusBit {
  std::int32_t bit;
  MemberQuantity cause;
};
constexpr auto kStatusBits = std::to_array<StatusBit>({
    {kImbalance, q("/Alarms/CellImbalance")},
    {kBalancing, q("/Balancing")},
    {8, q("/Alarms/HighVoltage")},
    {16, q("/Alarms/LowVoltage")},
    {32, q("/Alarms/LowTemperature")},
    {32, q("/Alarms/LowChargeTemperature")},
    {64, q("/Alarms/HighTemperature")},
    {64, q("/Alarms/HighChargeTemperature")},
    {512, q("/Alarms/HighCellVoltage")},
    {32768, q("/Alarms/LowCellVoltage")},
});

/// Balanced is who says that there is no imbalance.
std::optional<std::int32_t> status_of(const MemberValues& values) {
  std::optional<std::int32_t> status;
  for (const StatusBit& row : kStatusBits) {
    const auto& told = values[row.cause];
    if (told) status = status.value_or(0) | (*told > 0 ? row.bit : 0);
  }
  const bool is_told_even = values[q("/Alarms/CellImbalance")] == 0.0;
  if (status && is_told_even && (*status & kBalancing) == 0) *status |= kBalanced;
  return status;
}

/// "C7" or "7".
std::optional<int> cell_number(std::string_view text) {
  if (text.starts_with('C')) text.remove_prefix(1);
  int number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, number);
  if (fault != std::errc{} || stop != end || number < 1 || number > kMaxCells) return std::nullopt;
  return number;
}

void add_extreme(const std::optional<double>& value, const std::string& where, ByCell& cells) {
  const auto number = cell_number(where);
  if (value && number) cells.emplace(*number, *value);
}

}  // namespace

ByCell cells_of(const ItemValues& values) {
  ByCell cells;
  for (int number = 1; number <= kMaxCells; ++number)
    if (const auto voltage_v = values.number(cell_voltage(number)))
      cells.emplace(number, *voltage_v);
  return cells;
}

ByCell cells_of(const SparseValues& others) {
  ByCell cells;
  for (int number = 1; number <= kMaxCells; ++number) {
    const Value* told = others.find(cell_voltage(number));
    const auto* voltage_v = told != nullptr ? std::get_if<double>(told) : nullptr;
    if (voltage_v != nullptr) cells.emplace(number, *voltage_v);
  }
  return cells;
}

void append_cells(ByCell& cells, const ByCell& next) {
  const int before = cells.empty() ? 0 : cells.rbegin()->first;
  for (const auto& [number, voltage_v] : next)
    if (before + number <= kMaxCells) cells.emplace(before + number, voltage_v);
}

PagePack page_pack_of(const MemberSnapshot& battery, ByCell cells_v) {
  const MemberValues& values = battery.values;
  PagePack pack{.id = battery.id,
                .name = battery.name,
                .capacity_ah = battery.capacity_ah,
                .voltage_v = values[q("/Dc/0/Voltage")],
                .current_a = values[q("/Dc/0/Current")],
                .temperature_c = member_temperature_c(battery),
                .status = status_of(values),
                .cells_v = std::move(cells_v)};
  if (const auto& cells = values[q("/System/NrOfCellsPerBattery")])
    pack.cells = static_cast<int>(*cells);
  else if (!pack.cells_v.empty())
    pack.cells = pack.cells_v.rbegin()->first;
  // In a string of batteries the extreme's name is that of a cell of one of them.
  if (battery.texts.ids_named) return pack;
  const MemberTexts& texts = battery.texts;
  add_extreme(values[q("/System/MinCellVoltage")], texts.min_cell_id, pack.cells_v);
  add_extreme(values[q("/System/MaxCellVoltage")], texts.max_cell_id, pack.cells_v);
  add_extreme(values[q("/System/MinCellTemperature")], texts.min_temperature_id, pack.cells_c);
  add_extreme(values[q("/System/MaxCellTemperature")], texts.max_temperature_id, pack.cells_c);
  return pack;
}

std::optional<BalancerStatus> balancer_status_of(std::span<const PagePack> packs) {
  const auto says = [](std::int32_t bit) {
    return [bit](const PagePack& pack) { return (pack.status.value_or(0) & bit) != 0; };
  };
  if (std::ranges::any_of(packs, says(kImbalance))) return BalancerStatus::imbalance;
  if (std::ranges::any_of(packs, says(kBalancing))) return BalancerStatus::balancing;
  if (packs.empty() || !std::ranges::all_of(packs, says(kBalanced))) return std::nullopt;
  return BalancerStatus::balanced;
}

PagePack page_pack_of(const ItemValues& values, const std::string& id, const std::string& name) {
  MemberSnapshot battery = own_member(values, {.id = id, .service = {}, .name = name}).snapshot;
  battery.capacity_ah = values.number(q("/InstalledCapacity"));
  return page_pack_of(battery, cells_of(values));
}

}  // namespace dmb
