// SPDX-License-Identifier: MIT
#include "dmb/bank/shunt_selection.h"

#include "dmb/battery/letter_case.h"
#include "dmb/battery/service_name.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace dmb {
namespace {

/// BMV-700, -702, -700H, -712 Smart, -710H Smart, -712 Smart Rev2.
constexpr std::array<std::int64_t, 6> kOtherMonitors{0x203, 0x204, 0x205, 0xA381, 0xA382, 0xA383};

bool named_in(const ServiceIdentity& identity, std::span<const std::string> entries) {
  return std::ranges::any_of(entries,
                             [&](const std::string& entry) { return is_named(identity, entry); });
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// The daemon counts connections up: ":1.45". 0: not of that form.
std::uint64_t number_of(std::string_view owner) {
  std::uint64_t number = 0;
  const std::string_view digits = owner.substr(owner.rfind('.') + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

bool arrived_after(const ShuntPlace& a, const ShuntPlace& b) {
  return std::pair(a.arrival, number_of(a.owner)) > std::pair(b.arrival, number_of(b.owner));
}

/// Of those that have a serial or an owner in common, the one that arrived last; of equals the
/// first.
class Newest {
 public:
  explicit Newest(std::span<const ShuntPlace> places) : places_(places) {}

  void add(std::string_view key, std::size_t index) {
    const auto [found, is_first] = newest_.try_emplace(key, index);
    if (!is_first && arrived_after(places_[index], places_[found->second])) found->second = index;
  }
  std::optional<std::size_t> of(std::string_view key) const {
    const auto found = newest_.find(key);
    return found == newest_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::span<const ShuntPlace> places_;
  std::unordered_map<std::string_view, std::size_t> newest_;
};

}  // namespace

bool is_named(const ServiceIdentity& identity, std::string_view entry) {
  if (entry.empty()) return false;
  const std::string_view service = identity.service;
  const bool by_instance =
      identity.device_instance && entry == std::to_string(*identity.device_instance);
  return by_instance || equals_ignoring_case(entry, identity.custom_name) ||
         entry == identity.serial || entry == service || (entry == battery_name(service));
}

Membership membership(const ServiceIdentity& identity, const ShuntChoice& choice) {
  if (!is_smartshunt(identity) && !named_in(identity, choice.included))
    return identity.product_id && !identity.product_name.empty() ? Membership::no_shunt
                                                                 : Membership::undecided;
  if (identity.measurement_kind == "derived" || identity.is_virtual.value_or(0) != 0)
    return Membership::derived;
  return named_in(identity, choice.excluded) ? Membership::excluded : Membership::member;
}

bool is_smartshunt(const ServiceIdentity& identity) {
  constexpr std::array<std::int64_t, 4> kProductIds{0xA389, 0xA38A, 0xA38B, 0xC030};
  const bool by_id = identity.product_id && std::find(kProductIds.begin(), kProductIds.end(),
                                                      *identity.product_id) != kProductIds.end();
  return by_id || identity.product_name.find("SmartShunt") != std::string::npos;
}

bool is_other_monitor(const ServiceIdentity& identity) {
  const bool by_id =
      std::ranges::find(kOtherMonitors, identity.product_id.value_or(0)) != kOtherMonitors.end();
  return !is_smartshunt(identity) && (by_id || contains(identity.product_name, "BMV") ||
                                      contains(identity.product_name, "Lynx Shunt"));
}

std::vector<std::optional<std::size_t>> find_superseded(std::span<const ShuntPlace> places) {
  Newest of_serial(places);
  Newest of_owner(places);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!places[i].serial.empty()) of_serial.add(places[i].serial, i);
    of_owner.add(places[i].owner, i);
  }
  std::vector<std::optional<std::size_t>> heard_at(places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::size_t by_serial = of_serial.of(places[i].serial).value_or(i);
    const std::size_t by_owner = of_owner.of(places[i].owner).value_or(i);
    if (by_serial != i || by_owner != i) heard_at[i] = by_serial != i ? by_serial : by_owner;
  }
  return heard_at;
}

std::string display_name(const ServiceIdentity& identity) {
  if (!identity.custom_name.empty()) return identity.custom_name;
  std::string name = identity.product_name.empty() ? identity.service : identity.product_name;
  if (identity.device_instance) name += " [" + std::to_string(*identity.device_instance) + "]";
  return name;
}

}  // namespace dmb
