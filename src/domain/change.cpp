// SPDX-License-Identifier: MIT
#include "dmb/domain/change.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace dmb {
namespace {

constexpr std::array<double, 5> kPowersOfTen{1, 10, 100, 1000, 10000};

/// Steps per unit to compare by: ten for each step of the text. Plain numbers whose text drops the
/// decimals (contract 3.1, "N") are shown by the GUI in full: those are compared to a thousandth.
double steps_per_unit(const TextFormat& text) {
  constexpr std::size_t kPlainDigits = 3;
  const bool plain = text.style == TextFormat::Style::cut_off && text.unit.empty();
  const std::size_t digits = plain ? kPlainDigits : text.decimals + std::size_t{1};
  return kPowersOfTen[std::min(digits, kPowersOfTen.size() - 1)];
}

}  // namespace

bool differs(const OptValue& shown, const OptValue& wanted, const ItemSpec& item) {
  if (shown.has_value() != wanted.has_value()) return true;
  if (!shown) return false;
  const auto* a = std::get_if<double>(&*shown);
  const auto* b = std::get_if<double>(&*wanted);
  if (a == nullptr || b == nullptr || has(item.traits, Trait::exact)) return *shown != *wanted;
  const double steps = steps_per_unit(item.text);
  return std::round(*a * steps) != std::round(*b * steps);
}

void find_changes(const ItemValues& shown, const ItemValues& wanted,
                  std::span<const ItemSpec> items, Changes& out) {
  out.items.clear();
  out.urgent = false;
  for (const ItemId id : wanted.existing()) {
    if (shown[id].exists && !differs(shown[id].value, wanted[id].value, items[id])) continue;
    if (has(items[id].traits, Trait::passive)) continue;
    out.items.push_back(id);
    out.urgent = out.urgent || has(items[id].traits, Trait::urgent);
  }
  if (out.items.empty()) return;
  for (const ItemId id : wanted.existing())
    if (has(items[id].traits, Trait::passive)) out.items.push_back(id);
}

Instant SignalGate::due(bool urgent, Instant now) const {
  if (urgent || !last_sent_) return now;
  return std::max(now, *last_sent_ + min_interval_);
}

}  // namespace dmb
