// SPDX-License-Identifier: MIT
#include "dmb/bank/complete_member.h"

#include "dmb/bank/member_texts.h"
#include "dmb/battery/cell_spread.h"

#include <algorithm>
#include <optional>

namespace dmb {
namespace {

std::optional<CellSpread> cells_in(const SparseValues& others) {
  const auto all = others.all();
  std::optional<CellSpread> spread;
  for (auto it = std::ranges::lower_bound(all, cell_voltage(1), {}, &SparseValues::Entry::quantity);
       it != all.end() && it->quantity <= cell_voltage(kMaxCells); ++it) {
    const auto* voltage_v = std::get_if<double>(&it->value);
    if (voltage_v == nullptr) continue;
    const auto past_first = it->quantity.index() - cell_voltage(1).index();
    add_cell(spread, {static_cast<int>(past_first) + 1, *voltage_v});
  }
  return spread;
}

void fill(std::optional<double>& value, double number) {
  if (!value) value = number;
}

void complete_cells(const CellSpread& cells, MemberValues& values, MemberTexts& texts) {
  // An id belongs to its voltage: one from elsewhere may be of another cell.
  if (!values[q("/System/MinCellVoltage")]) {
    values[q("/System/MinCellVoltage")] = cells.lowest.voltage_v;
    texts.min_cell_id = cells.lowest.id();
  }
  if (!values[q("/System/MaxCellVoltage")]) {
    values[q("/System/MaxCellVoltage")] = cells.highest.voltage_v;
    texts.max_cell_id = cells.highest.id();
  }
  fill(values[q("/System/NrOfCellsPerBattery")], cells.count);
  // Of some of the cells only it would be no sum.
  if (values[q("/System/NrOfCellsPerBattery")] == cells.count)
    fill(values[q("/Voltages/Sum")], cells.sum_v);
  fill(values[q("/Voltages/Diff")], cells.highest.voltage_v - cells.lowest.voltage_v);
}

}  // namespace

bool set_text(std::string& text, const Value* value) {
  const auto* told = value != nullptr ? std::get_if<std::string>(value) : nullptr;
  if (told == nullptr ? text.empty() : text == *told) return false;
  if (told == nullptr)
    text.clear();
  else
    text = *told;
  return true;
}

void complete_member(const SparseValues& others, MemberValues& values, MemberTexts& texts) {
  // What a battery of this process says stands in its texts already.
  for (const MemberText& item : kMemberTexts)
    if (const Value* told = others.find(item.quantity)) set_text(texts.*item.text, told);
  if (const auto cells = cells_in(others)) complete_cells(*cells, values, texts);
}

}  // namespace dmb
