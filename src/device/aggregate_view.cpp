// SPDX-License-Identifier: MIT
#include "dmb/device/aggregate_view.h"

#include "dmb/battery/fit.h"
#include "dmb/battery/quantity.h"

#include <array>
#include <utility>

namespace dmb {
namespace {

/// What the service is gets set by who shows it.
bool is_bank_item(const ItemSpec& item, BankOf members) {
  const bool is_limit = has(item.traits, Trait::pack) && item.merge == MergeRule::about;
  if (item.merge == MergeRule::unmerged || has(item.traits, Trait::service) || is_limit)
    return false;
  return members == BankOf::batteries || !has(item.traits, Trait::pack);
}

struct BankText {
  Quantity quantity;
  std::string MemberTexts::*text;
};

/// Of a bank of batteries; a bank of shunts does not have them.
constexpr auto kBankTexts = std::to_array<BankText>({
    {q("/System/MinVoltageCellId"), &MemberTexts::min_cell_id},
    {q("/System/MaxVoltageCellId"), &MemberTexts::max_cell_id},
    {q("/System/MinTemperatureCellId"), &MemberTexts::min_temperature_id},
    {q("/System/MaxTemperatureCellId"), &MemberTexts::max_temperature_id},
});

void show_text(ItemValues& values, Quantity id, const std::string& text) {
  const ItemValues::Slot& slot = values[id];
  if (!slot.exists) return;
  const auto* shown = slot.value ? std::get_if<std::string>(&*slot.value) : nullptr;
  if (shown != nullptr ? *shown == text : text.empty()) return;
  values.set(id, text.empty() ? OptValue() : OptValue(text));
}

bool is_shown(MemberQuantity member, const ItemValues& values) {
  return member.rule() != MergeRule::about && values[member.quantity()].exists;
}

void show(ItemValues& values, Quantity id, const std::optional<double>& number) {
  // Most are shown already; their rows of the table need not be looked at.
  if (values[id].exists && values.number(id) == number) return;
  // Out of its range is no reading, not even of a sum.
  values.set(id, number ? fit_value(*number, id.spec()) : std::nullopt);
}

}  // namespace

void create_aggregate_items(BankOf members, ItemValues& values) {
  for (const Quantity id : all_quantities())
    if (is_bank_item(id.spec(), members)) values.set(id, std::nullopt);
  values.set(q("/Measurement/Kind"), std::string("derived"));
  values.set(q("/Measurement/TracksServices"), std::string());
}

void show_members(MemberCount count, std::string tracked_services, ItemValues& values) {
  show(values, q("/System/NrOfModulesOnline"), static_cast<double>(count.online));
  show(values, q("/System/NrOfModulesOffline"), static_cast<double>(count.offline));
  values.set(q("/Measurement/TracksServices"), std::move(tracked_services));
}

void show_aggregate(const Aggregate& bank, ItemValues& values) {
  for (const MemberQuantity member : kAllMemberQuantities)
    if (is_shown(member, values)) show(values, member.quantity(), bank.values[member]);
  // A bank of shunts has none of them.
  if (values[kBankTexts.front().quantity].exists)
    for (const BankText& item : kBankTexts) show_text(values, item.quantity, bank.texts.*item.text);
  show(values, q("/Capacity"), bank.capacity_ah);
  values.set(q("/TimeToGo"), bank.time_to_go_s ? OptValue(*bank.time_to_go_s) : std::nullopt);
  const bool has_temperature = bank.values[q("/Dc/0/Temperature")].has_value();
  values.set(q("/Settings/HasTemperature"), has_temperature ? 1 : 0);
}

void show_nobody(ItemValues& values) {
  constexpr std::int32_t kAlarm = 2;
  for (const MemberQuantity member : kAllMemberQuantities)
    if (is_shown(member, values)) values.set(member.quantity(), std::nullopt);
  for (const BankText& item : kBankTexts) show_text(values, item.quantity, {});
  values.set(q("/Capacity"), std::nullopt);
  values.set(q("/TimeToGo"), std::nullopt);
  values.set(q("/System/NrOfModulesOnline"), 0);
  values.set(q("/Measurement/TracksServices"), std::string());
  values.set(q("/Alarms/BmsCable"), kAlarm);
}

}  // namespace dmb
