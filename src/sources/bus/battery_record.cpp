// SPDX-License-Identifier: MIT
#include "battery_record.h"

#include "dmb/battery/quantity.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace dmb {

namespace {

using TextField = std::string ServiceIdentity::*;
using NumberField = std::optional<std::int64_t> ServiceIdentity::*;

struct IdentityRow {
  Quantity quantity;
  std::variant<TextField, NumberField> field;
};

constexpr auto kIdentityRows = std::to_array<IdentityRow>({
    {q("/ProductId"), &ServiceIdentity::product_id},
    {q("/ProductName"), &ServiceIdentity::product_name},
    {q("/CustomName"), &ServiceIdentity::custom_name},
    {q("/Serial"), &ServiceIdentity::serial},
    {q("/DeviceInstance"), &ServiceIdentity::device_instance},
    {q("/Measurement/Kind"), &ServiceIdentity::measurement_kind},
    {q("/Devices/0/Virtual"), &ServiceIdentity::is_virtual},
});
static_assert(kIdentityRows.size() == BatteryRecord::kIdentitySlots);

/// What tells services apart is none of the quantities: any number that a double holds exactly.
constexpr ItemSpec kAnyWhole{.min = -9e15, .max = 9e15};

/// A number that fits, or why not; neither for the invalid value. A number that comes as text is a
/// fault of the shunt's program, and may be anything.
struct Checked {
  std::optional<double> number;
  std::optional<Misfit> misfit;
};

Checked check(const std::optional<BusValue>& value, const ItemSpec& item) {
  if (value && std::holds_alternative<std::monostate>(*value)) return {};
  const auto number = value ? number_of(*value) : std::nullopt;
  if (!number) return {std::nullopt, Misfit::wrong_type};
  const auto fitted = fit(*number, item);
  if (const auto* misfit = std::get_if<Misfit>(&fitted)) return {std::nullopt, *misfit};
  return {std::get<double>(fitted), std::nullopt};
}

std::string_view path_of(BatteryRecord::Slot slot) {
  const Quantity quantity = slot < kMemberQuantities
                                ? MemberQuantity::at(slot).quantity()
                                : kIdentityRows[slot - kMemberQuantities].quantity;
  return quantity.spec().path;
}

}  // namespace

std::optional<BatteryRecord::Slot> BatteryRecord::find(std::string_view path) {
  if (const auto measured = find_member_quantity(path)) return measured->place();
  const auto quantity = find_quantity(path);
  const auto* row = std::ranges::find_if(
      kIdentityRows, [&quantity](const IdentityRow& r) { return r.quantity == quantity; });
  if (row == kIdentityRows.end()) return std::nullopt;
  return kMemberQuantities + static_cast<std::size_t>(row - kIdentityRows.begin());
}

void BatteryRecord::set(Slot slot, const std::optional<BusValue>& value) {
  if (slot < kMemberQuantities) return set_measurement(MemberQuantity::at(slot), value);
  std::visit([&](auto field) { set_field(slot, field, value); },
             kIdentityRows[slot - kMemberQuantities].field);
}

void BatteryRecord::set_measurement(MemberQuantity quantity, const std::optional<BusValue>& value) {
  const Checked checked = check(value, quantity.spec());
  note(quantity.place(), checked.misfit);
  if (values_[quantity] == checked.number) return;
  values_[quantity] = checked.number;
  changes_.values = true;
}

void BatteryRecord::set_field(Slot slot, TextField field, const std::optional<BusValue>& value) {
  std::string text;
  if (const auto* given = value ? std::get_if<std::string>(&*value) : nullptr) {
    text = *given;
  } else if (const auto* number = value ? std::get_if<std::int64_t>(&*value) : nullptr) {
    text = std::to_string(*number);  // serials of digits only are sent as numbers by some
  } else if (!value || !std::holds_alternative<std::monostate>(*value)) {
    note(slot, Misfit::wrong_type);
  }
  if (identity_.*field == text) return;
  identity_.*field = std::move(text);
  changes_.identity = true;
}

void BatteryRecord::set_field(Slot slot, NumberField field, const std::optional<BusValue>& value) {
  const Checked checked = check(value, kAnyWhole);
  note(slot, checked.misfit);
  std::optional<std::int64_t> number;
  if (checked.number) number = static_cast<std::int64_t>(*checked.number);
  if (identity_.*field == number) return;
  identity_.*field = number;
  changes_.identity = true;
}

void BatteryRecord::note(Slot slot, std::optional<Misfit> fault) {
  if (!faults_[slot]) faults_[slot] = fault;
}

BatteryRecord::Changes BatteryRecord::take_changes() {
  return std::exchange(changes_, {});
}

std::vector<BatteryRecord::FaultAt> BatteryRecord::take_faults(bool of_measurements) {
  std::vector<FaultAt> faults;
  for (Slot slot = of_measurements ? 0 : kMemberQuantities; slot < kSlots; ++slot) {
    if (!faults_[slot] || std::exchange(told_[slot], true)) continue;
    faults.push_back({path_of(slot), *faults_[slot]});
  }
  return faults;
}

}  // namespace dmb
