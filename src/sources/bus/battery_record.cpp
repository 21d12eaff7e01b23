// SPDX-License-Identifier: MIT
#include "battery_record.h"

#include <array>
#include <cstddef>
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
    {q("/Mgmt/ProcessName"), &ServiceIdentity::process_name},
    {q("/Measurement/TracksServices"), &ServiceIdentity::tracks},
    {q("/Measurement/PhysicalDevice"), &ServiceIdentity::physical_device},
    {q("/Measurement/PeerServices"), &ServiceIdentity::peers},
    {q("/Measurement/LineAuthority"), &ServiceIdentity::authority},
});

/// Where a quantity is kept, and at which place there.
struct Shelf {
  enum class Kind : std::uint8_t { none, identity, values, others };
  Kind kind = Kind::none;
  std::uint8_t place = 0;
};

static_assert(kMemberQuantities <= 256 && kIdentityRows.size() <= 256);

/// What a service says of its program is none of the battery's.
constexpr std::array<Shelf, kQuantities> kShelves = [] {
  std::array<Shelf, kQuantities> shelves{};
  std::size_t index = 0;
  for (const QuantityRow& row : kQuantityRows)
    for (const std::size_t end = index + quantities_in(row); index < end; ++index)
      if (!has(row.traits, Trait::service)) shelves.at(index) = {Shelf::Kind::others};
  for (const MemberQuantity member : kAllMemberQuantities)
    shelves.at(member.quantity().index()) = {Shelf::Kind::values,
                                             static_cast<std::uint8_t>(member.place())};
  std::uint8_t place = 0;
  for (const auto& row : kIdentityRows)
    shelves.at(row.quantity.index()) = {Shelf::Kind::identity, place++};
  return shelves;
}();

Shelf shelf_of(Quantity quantity) {
  return kShelves[quantity.index()];
}

/// What tells services apart is none of the quantities: any number that a double holds exactly.
constexpr ItemSpec kAnyWhole{.min = -9e15, .max = 9e15};

/// What fits, or why not; neither for the invalid value.
template <typename T>
struct Checked {
  std::optional<T> value;
  std::optional<Misfit> misfit;
};

bool is_invalid(const std::optional<BusValue>& value) {
  return value && std::holds_alternative<std::monostate>(*value);
}

/// A number that comes as text is a fault of the battery's program, and may be anything.
Checked<double> check_number(const std::optional<BusValue>& value, const ItemSpec& item) {
  if (is_invalid(value)) return {};
  const auto number = value ? number_of(*value) : std::nullopt;
  if (!number) return {std::nullopt, Misfit::wrong_type};
  const auto fitted = fit(*number, item);
  if (const auto* misfit = std::get_if<Misfit>(&fitted)) return {std::nullopt, *misfit};
  return {std::get<double>(fitted), std::nullopt};
}

/// Serials of digits only are sent as numbers by some. An empty text says as little as none.
Checked<std::string> check_text(const std::optional<BusValue>& value) {
  if (is_invalid(value)) return {};
  if (const auto* text = value ? std::get_if<std::string>(&*value) : nullptr)
    return {text->empty() ? std::nullopt : std::optional(*text), std::nullopt};
  if (const auto* number = value ? std::get_if<std::int64_t>(&*value) : nullptr)
    return {std::to_string(*number), std::nullopt};
  return {std::nullopt, Misfit::wrong_type};
}

}  // namespace

std::optional<Quantity> BatteryRecord::find(std::string_view path) const {
  const auto quantity = find_quantity(path);
  if (!quantity) return std::nullopt;
  const Shelf::Kind kind = shelf_of(*quantity).kind;
  const bool is_kept = kind == Shelf::Kind::others ? keeps_others_ : kind != Shelf::Kind::none;
  return is_kept ? quantity : std::nullopt;
}

void BatteryRecord::set(Quantity quantity, const std::optional<BusValue>& value) {
  const Shelf shelf = shelf_of(quantity);
  switch (shelf.kind) {
    case Shelf::Kind::values:
      return set_measurement(MemberQuantity::at(shelf.place), value);
    case Shelf::Kind::others:
      return set_other(quantity, value);
    case Shelf::Kind::identity:
      return std::visit([&](auto field) { set_field(quantity, field, value); },
                        kIdentityRows.at(shelf.place).field);
    case Shelf::Kind::none:
      break;
  }
}

void BatteryRecord::set_measurement(MemberQuantity quantity, const std::optional<BusValue>& value) {
  const auto checked = check_number(value, quantity.spec());
  note(quantity.quantity(), checked.misfit);
  if (values_[quantity] == checked.value) return;
  values_[quantity] = checked.value;
  changes_.values = true;
}

void BatteryRecord::set_other(Quantity quantity, const std::optional<BusValue>& value) {
  const ItemSpec& item = quantity.spec();
  OptValue kept;
  if (item.kind == Kind::text) {
    auto checked = check_text(value);
    note(quantity, checked.misfit);
    if (checked.value) kept = std::move(*checked.value);
  } else {
    const auto checked = check_number(value, item);
    note(quantity, checked.misfit);
    if (checked.value) kept = as_value(*checked.value, item.kind);
  }
  if (others_.set(quantity, std::move(kept))) changes_.values = true;
}

void BatteryRecord::set_field(Quantity quantity, TextField field,
                              const std::optional<BusValue>& value) {
  const auto checked = check_text(value);
  note(quantity, checked.misfit);
  std::string text = checked.value.value_or("");
  if (identity_.*field == text) return;
  identity_.*field = std::move(text);
  changes_.identity = true;
}

void BatteryRecord::set_field(Quantity quantity, NumberField field,
                              const std::optional<BusValue>& value) {
  const auto checked = check_number(value, kAnyWhole);
  note(quantity, checked.misfit);
  std::optional<std::int64_t> number;
  if (checked.value) number = static_cast<std::int64_t>(*checked.value);
  if (identity_.*field == number) return;
  identity_.*field = number;
  changes_.identity = true;
}

void BatteryRecord::note(Quantity quantity, std::optional<Misfit> misfit) {
  if (misfit) faults_.try_emplace(quantity, Fault{*misfit});
}

void BatteryRecord::keep_others(bool keep) {
  keeps_others_ = keep;
  if (!keep) others_.clear();
}

BatteryRecord::Changes BatteryRecord::take_changes() {
  return std::exchange(changes_, {});
}

std::vector<BatteryRecord::FaultAt> BatteryRecord::take_faults(bool of_measurements) {
  std::vector<FaultAt> faults;
  for (auto& [quantity, fault] : faults_) {
    const bool is_asked = of_measurements || shelf_of(quantity).kind == Shelf::Kind::identity;
    if (is_asked && !std::exchange(fault.told, true))
      faults.push_back({quantity.spec().path, fault.misfit});
  }
  return faults;
}

}  // namespace dmb
