// SPDX-License-Identifier: MIT
#include "dmb/device/change.h"

#include <algorithm>
#include <cmath>

namespace dmb {
namespace {

/// Steps per unit that go to the bus: ten for each step of the text. Plain numbers whose text drops
/// the decimals ("N") are shown by the GUI in full: those have thousandths.
double steps_per_unit(const ItemSpec& item) {
  constexpr std::size_t kPlainDigits = 3;
  if (has(item.traits, Trait::exact)) return kPowersOfTen.back();
  const bool plain = item.text.style == TextFormat::Style::cut_off && item.text.unit.empty();
  const std::size_t digits = plain ? kPlainDigits : item.text.decimals + std::size_t{1};
  return kPowersOfTen[std::min(digits, kPowersOfTen.size() - 1)];
}

}  // namespace

OptValue as_published(const OptValue& value, const ItemSpec& item) {
  const auto* number = value ? std::get_if<double>(&*value) : nullptr;
  if (number == nullptr) return value;
  const double steps = steps_per_unit(item);
  return std::round(*number * steps) / steps + 0.0;  // of which there is no negative zero
}

bool differs(const OptValue& shown, const OptValue& wanted, const ItemSpec& item) {
  if (shown.has_value() != wanted.has_value()) return true;
  if (!shown) return false;
  const auto* a = std::get_if<double>(&*shown);
  const auto* b = std::get_if<double>(&*wanted);
  if (a == nullptr || b == nullptr) return *shown != *wanted;
  const double steps = steps_per_unit(item);
  return std::round(*a * steps) != std::round(*b * steps);
}

ChangeFinder::ChangeFinder(std::span<const ItemSpec> items) : items_(items) {
  for (std::size_t i = 0; i < items.size(); ++i)
    if (has(items[i].traits, Trait::passive)) passive_.push_back(Quantity::at(i));
}

const Changes& ChangeFinder::find(const ItemValues& shown, const ItemValues& wanted) {
  changes_.items.clear();
  changes_.urgent = false;
  for (const Quantity id : wanted.existing()) {
    if (shown[id] == wanted[id]) continue;  // most are: their row is not looked at
    const ItemSpec& item = items_[id.index()];
    if (shown[id].exists && !differs(shown[id].value, wanted[id].value, item)) continue;
    if (has(item.traits, Trait::passive)) continue;
    changes_.items.push_back(id);
    changes_.urgent = changes_.urgent || has(item.traits, Trait::urgent);
  }
  if (changes_.items.empty()) return changes_;
  for (const Quantity id : passive_)
    if (wanted[id].exists) changes_.items.push_back(id);
  return changes_;
}

Instant SignalGate::due(bool urgent, Instant now) const {
  if (urgent || !last_sent_) return now;
  return std::max(now, *last_sent_ + min_interval_);
}

std::optional<Instant> LifeGate::due(Instant last_sign) const {
  if (last_sign <= told_at_) return std::nullopt;
  return next();
}

std::chrono::milliseconds life_interval(std::chrono::seconds timeout) {
  constexpr std::chrono::seconds kInsteadOfNever{60};
  const std::chrono::milliseconds time = timeout.count() > 0 ? timeout : kInsteadOfNever;
  return time * 3 / 10;  // the rest of a third is for a busy device
}

}  // namespace dmb
