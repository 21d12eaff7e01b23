// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity_rows.h"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace dmb {

/// Something that can be known of a battery, and the item that shows it: a place in the table of
/// quantities (quantity_rows.h). q("/Soc") names one.
class Quantity {
 public:
  static constexpr Quantity at(std::size_t index) {
    return Quantity(static_cast<std::uint16_t>(index));
  }
  constexpr std::size_t index() const { return index_; }
  const ItemSpec& spec() const;
  /// So many places further on: the next ones of a family.
  constexpr Quantity after(std::size_t places) const { return at(index_ + places); }
  auto operator<=>(const Quantity&) const = default;

 private:
  explicit constexpr Quantity(std::uint16_t index) : index_(index) {}
  std::uint16_t index_;
};

/// How many a row stands for.
constexpr std::size_t quantities_in(const QuantityRow& row) {
  return static_cast<std::size_t>((row.numbers.last - row.numbers.first) / row.numbers.step) + 1;
}

inline constexpr std::size_t kQuantities = [] {
  std::size_t count = 0;
  for (const QuantityRow& row : kQuantityRows) count += quantities_in(row);
  return count;
}();

/// Every item a battery service of ours can have, in the order of Quantity.
std::span<const ItemSpec> quantity_specs();
/// The same, as quantities.
std::span<const Quantity> all_quantities();

/// The number of a row's path that stands for several; nullopt for any other path.
consteval std::optional<int> number_in_path(const QuantityRow& row, std::string_view path) {
  const std::size_t mark = row.path.find('#');
  const std::string_view tail = row.path.substr(mark + 1);
  if (path.size() <= mark + tail.size() || !path.ends_with(tail)) return std::nullopt;
  if (path.substr(0, mark) != row.path.substr(0, mark)) return std::nullopt;
  int number = 0;
  for (const char c : path.substr(mark, path.size() - mark - tail.size())) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

/// The quantity of this path, looked up at compile time: a path that is not in the table does not
/// compile.
consteval Quantity q(std::string_view path) {
  std::size_t index = 0;
  for (const QuantityRow& row : kQuantityRows) {
    if (row.path == path) return Quantity::at(index);
    const auto number = row.is_family() ? number_in_path(row, path) : std::nullopt;
    if (number && *number >= row.numbers.first && *number <= row.numbers.last)
      return Quantity::at(index).after(
          static_cast<std::size_t>((*number - row.numbers.first) / row.numbers.step));
    index += quantities_in(row);
  }
  throw "no such path in the table of quantities";
}

/// The quantity of a path that comes from elsewhere ("/Dc/0/Voltage"), letter for letter.
std::optional<Quantity> find_quantity(std::string_view path);

/// The quantity a payload means by `key`: a path without its leading slash, in lower case
/// ("dc/0/voltage"). Only those that a payload may carry.
std::optional<Quantity> find_payload_quantity(std::string_view lower_case_key);

inline constexpr int kMaxCells = 128;  ///< per battery

/// Of cell `number`, 1 … kMaxCells.
constexpr Quantity cell_voltage(int number) {
  return q("/Voltages/Cell1").after(static_cast<std::size_t>(number - 1));
}
constexpr Quantity cell_balance(int number) {
  return q("/Balances/Cell1").after(static_cast<std::size_t>(number - 1));
}
static_assert(cell_voltage(kMaxCells) == q("/Voltages/Cell128"));
static_assert(cell_balance(kMaxCells) == q("/Balances/Cell128"));

}  // namespace dmb
