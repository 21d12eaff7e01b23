// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace dmb {

/// Where in the table of quantities one stands that the members of a bank tell, and its rule.
struct MemberRow {
  std::uint16_t index = 0;
  MergeRule rule = MergeRule::unmerged;
};

inline constexpr std::size_t kMemberQuantities = static_cast<std::size_t>(std::ranges::count_if(
    kQuantityRows, [](const QuantityRow& row) { return is_of_members(row.merge); }));

inline constexpr std::array<MemberRow, kMemberQuantities> kMemberRows = [] {
  std::array<MemberRow, kMemberQuantities> rows{};
  std::size_t place = 0;
  std::size_t index = 0;
  for (const QuantityRow& row : kQuantityRows) {
    if (is_of_members(row.merge)) rows.at(place++) = {static_cast<std::uint16_t>(index), row.merge};
    index += quantities_in(row);
  }
  return rows;
}();
static_assert(std::ranges::none_of(kQuantityRows, [](const QuantityRow& row) {
  return row.is_family() && is_of_members(row.merge);
}));

/// A quantity that the members of a bank tell, as its place among those: arrays by place hold
/// nothing else. q("/Soc") becomes one while compiling; one that members do not tell does not
/// compile.
class MemberQuantity {
 public:
  // Not explicit: values[q("/Soc")].
  consteval MemberQuantity(Quantity quantity) : place_(place_of(quantity)) {}
  static constexpr MemberQuantity at(std::size_t place) { return MemberQuantity(place); }

  constexpr std::size_t place() const { return place_; }
  constexpr Quantity quantity() const { return Quantity::at(kMemberRows[place_].index); }
  constexpr MergeRule rule() const { return kMemberRows[place_].rule; }
  const ItemSpec& spec() const { return quantity().spec(); }
  bool operator==(const MemberQuantity&) const = default;

 private:
  explicit constexpr MemberQuantity(std::size_t place) : place_(place) {}
  static consteval std::size_t place_of(Quantity quantity) {
    for (std::size_t place = 0; place < kMemberQuantities; ++place)
      if (kMemberRows[place].index == quantity.index()) return place;
    throw "the members of a bank do not tell this quantity";
  }
  std::size_t place_;
};

/// All of them, in the order of the table.
inline constexpr auto kAllMemberQuantities = []<std::size_t... I>(std::index_sequence<I...>) {
  return std::array{MemberQuantity::at(I)...};
}
(std::make_index_sequence<kMemberQuantities>());

/// The one of a path that comes over the bus.
std::optional<MemberQuantity> find_member_quantity(std::string_view path);

/// What one member tells; nullopt is invalid or not there. Always finite.
class MemberValues {
 public:
  std::optional<double>& operator[](MemberQuantity quantity) { return values_[quantity.place()]; }
  const std::optional<double>& operator[](MemberQuantity quantity) const {
    return values_[quantity.place()];
  }
  bool operator==(const MemberValues&) const = default;

 private:
  std::array<std::optional<double>, kMemberQuantities> values_{};
};

}  // namespace dmb
