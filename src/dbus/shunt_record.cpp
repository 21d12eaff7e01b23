// SPDX-License-Identifier: MIT
#include "shunt_record.h"

#include "dmb/battery/quantity.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <variant>

namespace dmb {

namespace {

using Fault = ShuntRecord::Fault;
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
static_assert(kIdentityRows.size() == ShuntRecord::kIdentitySlots);

struct Range {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
};

struct AsNumber {
  std::optional<double> operator()(bool value) const { return value ? 1 : 0; }
  std::optional<double> operator()(double value) const { return value; }
  std::optional<double> operator()(std::int64_t value) const { return static_cast<double>(value); }
  std::optional<double> operator()(std::uint64_t value) const { return static_cast<double>(value); }
  /// A shunt's number that comes as text is a fault of its program, and may be anything.
  std::optional<double> operator()(const std::string&) const { return std::nullopt; }
  std::optional<double> operator()(std::monostate) const { return std::nullopt; }
};

/// A number within `range`, or why not; neither for the invalid value.
struct Checked {
  std::optional<double> number;
  Fault fault = Fault::none;
};

Checked check(const std::optional<BusValue>& value, const Range& range) {
  if (value && std::holds_alternative<std::monostate>(*value)) return {};
  const auto number = value ? std::visit(AsNumber{}, *value) : std::nullopt;
  if (!number) return {std::nullopt, Fault::wrong_type};
  if (!std::isfinite(*number)) return {std::nullopt, Fault::not_finite};
  if (*number < range.min || *number > range.max) return {std::nullopt, Fault::out_of_range};
  return {number, Fault::none};
}

std::string_view path_of(ShuntRecord::Slot slot) {
  const Quantity quantity = slot < kMemberQuantities
                                ? MemberQuantity::at(slot).quantity()
                                : kIdentityRows[slot - kMemberQuantities].quantity;
  return quantity.spec().path;
}

}  // namespace

std::optional<ShuntRecord::Slot> ShuntRecord::find(std::string_view path) {
  if (const auto measured = find_member_quantity(path)) return measured->place();
  const auto quantity = find_quantity(path);
  const auto* row = std::ranges::find_if(
      kIdentityRows, [&quantity](const IdentityRow& r) { return r.quantity == quantity; });
  if (row == kIdentityRows.end()) return std::nullopt;
  return kMemberQuantities + static_cast<std::size_t>(row - kIdentityRows.begin());
}

void ShuntRecord::set(Slot slot, const std::optional<BusValue>& value) {
  if (slot < kMemberQuantities) return set_measurement(MemberQuantity::at(slot), value);
  std::visit([&](auto field) { set_field(slot, field, value); },
             kIdentityRows[slot - kMemberQuantities].field);
}

void ShuntRecord::set_measurement(MemberQuantity quantity, const std::optional<BusValue>& value) {
  const ItemSpec& item = quantity.spec();
  const Checked checked = check(value, {item.min, item.max});
  note(quantity.place(), checked.fault);
  if (values_[quantity] == checked.number) return;
  values_[quantity] = checked.number;
  changes_.values = true;
}

void ShuntRecord::set_field(Slot slot, TextField field, const std::optional<BusValue>& value) {
  std::string text;
  if (const auto* given = value ? std::get_if<std::string>(&*value) : nullptr) {
    text = *given;
  } else if (const auto* number = value ? std::get_if<std::int64_t>(&*value) : nullptr) {
    text = std::to_string(*number);  // serials of digits only are sent as numbers by some
  } else if (!value || !std::holds_alternative<std::monostate>(*value)) {
    note(slot, Fault::wrong_type);
  }
  if (identity_.*field == text) return;
  identity_.*field = std::move(text);
  changes_.identity = true;
}

void ShuntRecord::set_field(Slot slot, NumberField field, const std::optional<BusValue>& value) {
  constexpr Range kExact{-9e15, 9e15};
  const Checked checked = check(value, kExact);
  note(slot, checked.fault);
  std::optional<std::int64_t> number;
  if (checked.number) number = static_cast<std::int64_t>(*checked.number);
  if (identity_.*field == number) return;
  identity_.*field = number;
  changes_.identity = true;
}

void ShuntRecord::note(Slot slot, Fault fault) {
  if (faults_[slot] == Fault::none) faults_[slot] = fault;
}

ShuntRecord::Changes ShuntRecord::take_changes() {
  return std::exchange(changes_, {});
}

std::vector<ShuntRecord::FaultAt> ShuntRecord::take_faults(bool of_measurements) {
  std::vector<FaultAt> faults;
  for (Slot slot = of_measurements ? 0 : kMemberQuantities; slot < kSlots; ++slot) {
    if (faults_[slot] == Fault::none || std::exchange(told_[slot], true)) continue;
    faults.push_back({path_of(slot), faults_[slot]});
  }
  return faults;
}

}  // namespace dmb
