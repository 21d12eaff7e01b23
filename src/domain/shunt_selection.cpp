// SPDX-License-Identifier: MIT
#include "dmb/domain/shunt_selection.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace dmb {
namespace {

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [lower](char x, char y) { return lower(x) == lower(y); });
}

bool is_smartshunt(const ServiceIdentity& identity) {
  constexpr std::array<std::int64_t, 4> kProductIds{0xA389, 0xA38A, 0xA38B, 0xC030};
  const bool by_id = identity.product_id && std::find(kProductIds.begin(), kProductIds.end(),
                                                      *identity.product_id) != kProductIds.end();
  return by_id || identity.product_name.find("SmartShunt") != std::string::npos;
}

bool named_in(const ServiceIdentity& identity, std::span<const std::string> excluded) {
  constexpr std::string_view kPrefix = "com.victronenergy.battery.";
  const std::string instance =
      identity.device_instance ? std::to_string(*identity.device_instance) : std::string();
  return std::any_of(excluded.begin(), excluded.end(), [&](const std::string& entry) {
    if (entry.empty()) return false;
    const std::string_view service = identity.service;
    return entry == instance || equals_ignoring_case(entry, identity.custom_name) ||
           entry == identity.serial || entry == service ||
           (service.starts_with(kPrefix) && entry == service.substr(kPrefix.size()));
  });
}

}  // namespace

Membership membership(const ServiceIdentity& identity, std::span<const std::string> excluded) {
  if (!is_smartshunt(identity))
    return identity.product_id && !identity.product_name.empty() ? Membership::no_shunt
                                                                 : Membership::undecided;
  if (identity.measurement_kind == "derived" || identity.is_virtual.value_or(0) != 0)
    return Membership::derived;
  return named_in(identity, excluded) ? Membership::excluded : Membership::member;
}

std::string display_name(const ServiceIdentity& identity) {
  if (!identity.custom_name.empty()) return identity.custom_name;
  std::string name = identity.product_name.empty() ? identity.service : identity.product_name;
  if (identity.device_instance) name += " [" + std::to_string(*identity.device_instance) + "]";
  return name;
}

}  // namespace dmb
