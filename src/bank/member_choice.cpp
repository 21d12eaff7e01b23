// SPDX-License-Identifier: MIT
#include "dmb/bank/member_choice.h"

#include "dmb/battery/letter_case.h"
#include "dmb/battery/service_name.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace dmb {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

bool is_serial_driver(const ServiceIdentity& identity) {
  return contains(identity.product_name, "serialbattery");
}

/// Lynx Smart BMS, Lynx BMS NG, Lynx Ion: with a BMS, and no Lynx Shunt.
bool is_lynx(const ServiceIdentity& identity) {
  return contains(identity.product_name, "lynx") && !is_other_monitor(identity);
}

bool is_bmv(const ServiceIdentity& identity) {
  return is_other_monitor(identity) && !contains(identity.product_name, "lynx");
}

bool is_monitor(const ServiceIdentity& identity) {
  return is_smartshunt(identity) || is_other_monitor(identity);
}

/// The GX's own driver of CAN-bus BMSes names its services socketcan_...; their ids are 0xB0xx.
bool is_can_bms(const ServiceIdentity& identity) {
  const std::int64_t id = identity.product_id.value_or(0);
  const bool by_id = id >= 0xB000 && id <= 0xB0FF;
  const bool by_service = battery_name(identity.service).value_or("").starts_with("socketcan");
  return (by_id || by_service) && !is_lynx(identity) && !is_monitor(identity) &&
         !is_serial_driver(identity);
}

/// What only a [BATTERY] of this process is.
bool is_no_service(const ServiceIdentity&) {
  return false;
}

struct KindRow {
  std::string_view name;
  bool (*matches)(const ServiceIdentity&);
};

constexpr std::string_view kOwn = "mqtt";
constexpr auto kKinds = std::to_array<KindRow>({
    {"serialbattery", is_serial_driver},
    {"can", is_can_bms},
    {"lynx", is_lynx},
    {"bmv", is_bmv},
    {"smartshunt", is_smartshunt},
    {kOwn, is_no_service},
});

const KindRow* find_kind(std::string_view entry) {
  const auto* found = std::ranges::find_if(
      kKinds, [&](const KindRow& row) { return equals_ignoring_case(row.name, entry); });
  return found == kKinds.end() ? nullptr : found;
}

bool is_label(std::string_view entry, const MemberChoice& choice) {
  return std::ranges::any_of(choice.labels, [&](const std::string& label) {
    return !label.empty() && equals_ignoring_case(label, entry);
  });
}

bool is_named_by(const BankCandidate& candidate, std::string_view entry,
                 const MemberChoice& choice) {
  if (entry.empty()) return false;
  if (is_label(entry, choice))
    return candidate.own_label && equals_ignoring_case(*candidate.own_label, entry);
  return is_named(candidate.identity, entry);
}

bool is_of_kind(const BankCandidate& candidate, std::string_view entry,
                const MemberChoice& choice) {
  const KindRow* const kind = is_label(entry, choice) ? nullptr : find_kind(entry);
  if (kind == nullptr) return false;
  return candidate.own_label ? kind->name == kOwn : kind->matches(candidate.identity);
}

bool is_of_driver(const BankCandidate& candidate, const MemberChoice& choice) {
  return !candidate.own_label && !choice.process_name.empty() &&
         candidate.identity.process_name == choice.process_name;
}

template <typename Entries, typename Predicate>
std::optional<std::uint16_t> find_index(const Entries& entries, Predicate is_it) {
  const auto found = std::ranges::find_if(entries, is_it);
  if (found == entries.end()) return std::nullopt;
  return static_cast<std::uint16_t>(found - entries.begin());
}

/// Its place where an entry names it; a kind does not.
std::optional<MemberPlace> named_place(const BankCandidate& candidate, const MemberChoice& choice) {
  const auto names = [&](const std::string& entry) {
    return is_named_by(candidate, entry, choice);
  };
  if (names(choice.shunt)) return MemberPlace{.role = MemberRole::bank_shunt};
  const auto measures =
      find_index(choice.pairs, [&](const auto& pair) { return names(pair.shunt); });
  if (measures) return MemberPlace{.role = MemberRole::pair_shunt, .position = *measures};
  const auto pair = find_index(choice.pairs, [&](const auto& one) { return names(one.battery); });
  const auto position = find_index(choice.members, names);
  if (!pair && !position) return std::nullopt;
  const auto last = static_cast<std::uint16_t>(choice.members.size());
  return MemberPlace{.position = position.value_or(last), .pair = pair};
}

/// Where its product is not told, an aggregate cannot be told from a battery.
bool is_product_told(const BankCandidate& candidate) {
  const ServiceIdentity& identity = candidate.identity;
  return candidate.own_label || (identity.product_id && !identity.product_name.empty());
}

}  // namespace

bool is_kind(std::string_view entry) {
  return find_kind(entry) != nullptr;
}

bool is_meant(const BankCandidate& candidate, std::string_view entry, const MemberChoice& choice) {
  return is_named_by(candidate, entry, choice) || is_of_kind(candidate, entry, choice);
}

bool is_of_own(std::string_view entry, const MemberChoice& choice) {
  return is_label(entry, choice) || equals_ignoring_case(entry, kOwn);
}

// Products of dbus-aggregate-batteries (also 0xBA44), of BatteryAggregator and its virtual
// batteries, and of this driver's own banks, as their sources name them. dbus-aggregate-smartshunts
// shows the product of its first shunt, so only its service's name tells it.
bool is_aggregate(const ServiceIdentity& identity) {
  constexpr std::array<std::string_view, 5> kProducts{"AggregateBatteries", "Battery Aggregator",
                                                      "Virtual Battery", "SmartShunt Aggregate",
                                                      "Battery Bank"};
  constexpr std::array<std::string_view, 4> kServices{"aggregate", "aggregator", "aggregateshunts",
                                                      "aggregate_shunts"};
  constexpr std::int64_t kAggregateBatteriesId = 0xBA44;
  return identity.measurement_kind == "derived" || identity.is_virtual.value_or(0) != 0 ||
         identity.product_id == kAggregateBatteriesId ||
         std::ranges::find(kProducts, identity.product_name) != kProducts.end() ||
         std::ranges::find(kServices, battery_name(identity.service).value_or("")) !=
             kServices.end();
}

Chosen choose(const BankCandidate& candidate, const MemberChoice& choice) {
  if (const auto place = named_place(candidate, choice)) return {Membership::member, *place};
  if (!is_product_told(candidate)) return {};
  if (is_of_driver(candidate, choice)) return {Membership::same_program};
  if (is_aggregate(candidate.identity)) return {Membership::derived};
  const auto by_kind = find_index(choice.members, [&](const std::string& entry) {
    return is_of_kind(candidate, entry, choice);
  });
  if (by_kind) return {Membership::member, {.position = *by_kind}};
  if (!choice.members.empty()) return {Membership::not_named};
  if (is_monitor(candidate.identity)) return {Membership::monitor};
  return {Membership::member};
}

}  // namespace dmb
