// SPDX-License-Identifier: MIT
#include "dmb/battery/quantity.h"

#include "dmb/battery/member_quantity.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace dmb {
namespace {

constexpr std::size_t kMaxPath = 40;

/// Text of a path, long enough for the longest; lets families be expanded at compile time.
struct PathText {
  std::array<char, kMaxPath> chars{};
  std::size_t size = 0;
  constexpr void add(char c) { chars.at(size++) = c; }
  constexpr std::string_view view() const { return {chars.data(), size}; }
};

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr PathText expand(std::string_view pattern, int number) {
  PathText path;
  for (const char c : pattern) {
    if (c != '#') {
      path.add(c);
      continue;
    }
    if (number >= 100) path.add(static_cast<char>('0' + number / 100));
    if (number >= 10) path.add(static_cast<char>('0' + number / 10 % 10));
    path.add(static_cast<char>('0' + number % 10));
  }
  return path;
}

constexpr std::array<PathText, kQuantities> kPaths = [] {
  std::array<PathText, kQuantities> paths{};
  std::size_t at = 0;
  for (const QuantityRow& row : kQuantityRows)
    for (int n = row.numbers.first; n <= row.numbers.last; n += row.numbers.step)
      paths[at++] = expand(row.path, n);
  return paths;
}();

constexpr std::array<ItemSpec, kQuantities> kSpecs = [] {
  std::array<ItemSpec, kQuantities> items{};
  std::size_t at = 0;
  for (const QuantityRow& row : kQuantityRows)
    for (const std::size_t end = at + quantities_in(row); at < end; ++at)
      items[at] = {kPaths[at].view(), row.kind, row.text, row.min, row.max, row.traits, row.merge};
  return items;
}();

/// FNV-1a.
constexpr std::uint32_t hash(std::string_view text) {
  std::uint32_t sum = 2166136261U;
  for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 16777619U;
  return sum ^ sum >> 15U;
}

/// The items' paths in lower case, without the slash.
constexpr std::array<PathText, kQuantities> kKeys = [] {
  std::array<PathText, kQuantities> keys{};
  for (std::size_t i = 0; i < kQuantities; ++i)
    for (const char c : kSpecs[i].path.substr(1)) keys[i].add(lower(c));
  return keys;
}();

/// Where each key's search begins, and goes on while others were there first. Every field of every
/// message is looked up here.
constexpr std::size_t kSlots = 1024;
static_assert(kQuantities < kSlots * 2 / 3, "searches get long");
constexpr std::uint16_t kFree = 0xFFFF;

constexpr std::array<std::uint16_t, kSlots> kIndexOfHash = [] {
  std::array<std::uint16_t, kSlots> slots{};
  slots.fill(kFree);
  for (std::size_t i = 0; i < kQuantities; ++i) {
    std::size_t slot = hash(kKeys[i].view()) % kSlots;
    for (; slots[slot] != kFree; slot = (slot + 1) % kSlots)
      if (kKeys[slots[slot]].view() == kKeys[i].view()) throw "a path stands in the table twice";
    slots[slot] = static_cast<std::uint16_t>(i);
  }
  return slots;
}();

std::optional<Quantity> find_key(std::string_view lower_case_key) {
  for (std::size_t slot = hash(lower_case_key) % kSlots; kIndexOfHash[slot] != kFree;
       slot = (slot + 1) % kSlots)
    if (kKeys[kIndexOfHash[slot]].view() == lower_case_key) return Quantity::at(kIndexOfHash[slot]);
  return std::nullopt;
}

constexpr std::array<Quantity, kQuantities> kAll = []<std::size_t... I>(std::index_sequence<I...>) {
  return std::array<Quantity, sizeof...(I)>{Quantity::at(I)...};
}
(std::make_index_sequence<kQuantities>());

}  // namespace

const ItemSpec& Quantity::spec() const {
  return kSpecs[index_];
}

std::span<const ItemSpec> quantity_specs() {
  return kSpecs;
}

std::span<const Quantity> all_quantities() {
  return kAll;
}

std::optional<Quantity> find_quantity(std::string_view path) {
  PathText key;
  if (path.empty() || path.size() > kMaxPath) return std::nullopt;
  for (const char c : path.substr(1)) key.add(lower(c));
  const std::optional<Quantity> found = find_key(key.view());
  if (!found || found->spec().path != path) return std::nullopt;
  return found;
}

std::optional<Quantity> find_payload_quantity(std::string_view lower_case_key) {
  const std::optional<Quantity> found = find_key(lower_case_key);
  if (!found || !has(found->spec().traits, Trait::payload)) return std::nullopt;
  return found;
}

std::optional<MemberQuantity> find_member_quantity(std::string_view path) {
  const std::optional<Quantity> quantity = find_quantity(path);
  if (!quantity) return std::nullopt;
  const auto* row = std::ranges::find(kMemberRows, quantity->index(), &MemberRow::index);
  if (row == kMemberRows.end()) return std::nullopt;
  return MemberQuantity::at(static_cast<std::size_t>(row - kMemberRows.begin()));
}

}  // namespace dmb
