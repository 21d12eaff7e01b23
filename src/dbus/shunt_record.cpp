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
  std::string_view path;
  std::variant<TextField, NumberField> field;
};

constexpr auto kIdentityRows = std::to_array<IdentityRow>({
    {"/ProductId", &ServiceIdentity::product_id},
    {"/ProductName", &ServiceIdentity::product_name},
    {"/CustomName", &ServiceIdentity::custom_name},
    {"/Serial", &ServiceIdentity::serial},
    {"/DeviceInstance", &ServiceIdentity::device_instance},
    {"/Measurement/Kind", &ServiceIdentity::measurement_kind},
    {"/Devices/0/Virtual", &ServiceIdentity::is_virtual},
});
static_assert(kIdentityRows.size() == ShuntRecord::kIdentitySlots);

struct Range {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
};
using Ranges = std::array<Range, kShuntRows.size()>;

/// Looked up once: a signal would have to for each of its values.
const Ranges& ranges() {
  static const Ranges kRanges = [] {
    Ranges all;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (const auto item = find_quantity(kShuntRows[i].path)) {
        const ItemSpec& spec = item->spec();
        all[i] = {spec.min, spec.max};
      }
    }
    return all;
  }();
  return kRanges;
}

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
  return slot < kShuntRows.size() ? kShuntRows[slot].path
                                  : kIdentityRows[slot - kShuntRows.size()].path;
}

}  // namespace

std::optional<ShuntRecord::Slot> ShuntRecord::find(std::string_view path) {
  if (const auto item = find_shunt_item(path)) return *item;
  const auto* row = std::ranges::find(kIdentityRows, path, &IdentityRow::path);
  if (row == kIdentityRows.end()) return std::nullopt;
  return kShuntRows.size() + static_cast<std::size_t>(row - kIdentityRows.begin());
}

void ShuntRecord::set(Slot slot, const std::optional<BusValue>& value) {
  if (slot < kShuntRows.size()) return set_measurement(slot, value);
  std::visit([&](auto field) { set_field(slot, field, value); },
             kIdentityRows[slot - kShuntRows.size()].field);
}

void ShuntRecord::set_measurement(Slot slot, const std::optional<BusValue>& value) {
  const Checked checked = check(value, ranges()[slot]);
  note(slot, checked.fault);
  if (values_[slot] == checked.number) return;
  values_[slot] = checked.number;
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
  for (Slot slot = of_measurements ? 0 : kShuntRows.size(); slot < kSlots; ++slot) {
    if (faults_[slot] == Fault::none || std::exchange(told_[slot], true)) continue;
    faults.push_back({path_of(slot), faults_[slot]});
  }
  return faults;
}

}  // namespace dmb
