// SPDX-License-Identifier: MIT
#include "dmb/device/kept_settings.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <variant>

namespace dmb {
namespace {

/// Stored texts may be older than the bound of today's.
constexpr std::size_t kMaxStoredBytes = 256;

bool is_number(const Value& value) {
  return !std::holds_alternative<std::string>(value);
}

double number_in(const Value& value) {
  const auto* whole = std::get_if<std::int32_t>(&value);
  return whole != nullptr ? *whole : std::get<double>(value);
}

/// `value` as the setting's type; nullopt: it is another kind of value.
std::optional<Value> as_type_of(const SettingSpec& spec, const Value& value) {
  if (value.index() == spec.initial.index()) return value;
  if (!is_number(value) || !is_number(spec.initial)) return std::nullopt;
  const double number = number_in(value);
  if (std::holds_alternative<double>(spec.initial)) return number;
  if (number != std::round(number) || std::abs(number) > std::numeric_limits<std::int32_t>::max())
    return std::nullopt;
  return static_cast<std::int32_t>(number);
}

bool is_in_range(const SettingSpec& spec, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return text->size() <= kMaxStoredBytes;
  const double number = number_in(value);
  return std::isfinite(number) && number >= spec.min && number <= spec.max;
}

/// nullopt: the setting cannot have it.
std::optional<Value> fit(const SettingSpec& spec, const Value& value) {
  auto typed = as_type_of(spec, value);
  if (typed && !is_in_range(spec, *typed)) typed.reset();
  return typed;
}

std::optional<Value> fit(const SettingSpec& spec, const std::optional<BusValue>& value) {
  if (!value) return std::nullopt;
  if (const auto* text = std::get_if<std::string>(&*value)) return fit(spec, Value(*text));
  if (std::holds_alternative<bool>(*value)) return std::nullopt;
  const auto number = number_of(*value);
  return number ? fit(spec, Value(*number)) : std::nullopt;
}

/// Of a value that had another range before.
std::optional<Value> nearest(const SettingSpec& spec, const Value& value) {
  auto typed = as_type_of(spec, value);
  if (!typed || !is_number(*typed)) return fit(spec, value);
  return fit(spec, Value(std::clamp(number_in(*typed), spec.min, spec.max)));
}

}  // namespace

bool KeptSettings::offer(const std::vector<SettingSpec>& specs) {
  Settings before = std::exchange(settings_, {});
  bool is_new = false;
  for (const SettingSpec& spec : specs) {
    auto node = before.extract(spec.name);
    if (node.empty()) {
      is_new = true;
      settings_.emplace(spec.name, Setting{.spec = spec, .kept = value_of_new(spec)});
      continue;
    }
    Setting& setting = settings_.insert(std::move(node)).position->second;
    if (setting.spec == spec) continue;
    is_new = true;
    setting.spec = spec;
    setting.kept.value = nearest(spec, setting.kept.value).value_or(spec.initial);
  }
  for (const auto& [name, setting] : before) put_aside(setting);
  return is_new;
}

KeptValue KeptSettings::value_of_new(const SettingSpec& spec) {
  const auto found = remembered_.find(spec.name);
  if (found == remembered_.end()) return {spec.initial, true};
  const KeptValue memory = std::move(found->second);
  remembered_.erase(found);
  auto value = nearest(spec, memory.value);
  if (!value) return {spec.initial, true};
  return {std::move(*value), memory.stored};
}

void KeptSettings::put_aside(const Setting& setting) {
  const bool is_worth_it = !setting.kept.stored || setting.kept.value != setting.spec.initial;
  if (is_worth_it && remembered_.size() < kMaxKeptValues)
    remembered_.insert_or_assign(setting.spec.name, setting.kept);
}

const Value* KeptSettings::find(std::string_view name) const {
  const auto found = settings_.find(name);
  return found == settings_.end() ? nullptr : &found->second.kept.value;
}

void KeptSettings::write(std::string_view name, const Value& value) {
  const auto found = settings_.find(name);
  if (found == settings_.end()) return;
  const auto fitting = fit(found->second.spec, value);
  if (!fitting) return;
  found->second.kept = {*fitting, false};
  memory_news_ = true;
}

KeptValues KeptSettings::memory() const {
  KeptValues memory;
  for (const auto& [name, setting] : settings_)
    if (!setting.kept.stored || setting.kept.value != setting.spec.initial)
      memory.emplace(name, setting.kept);
  for (const auto& [name, kept] : remembered_)
    if (memory.size() < kMaxKeptValues) memory.emplace(name, kept);
  return memory;
}

std::vector<SettingSpec> KeptSettings::wanted() const {
  std::vector<SettingSpec> specs;
  for (const auto& [name, setting] : settings_) {
    specs.push_back(setting.spec);
    specs.back().initial = setting.kept.value;
  }
  return specs;
}

KeptSettings::Taken KeptSettings::take_answer(std::string_view name,
                                              const std::optional<BusValue>& value) {
  const auto found = settings_.find(name);
  if (found == settings_.end()) return Taken::same;
  Setting& setting = found->second;
  setting.known = true;
  if (!setting.kept.stored) return Taken::same;
  const Taken taken = take(setting, value);
  // What cannot be is replaced there by what counts.
  if (taken == Taken::refused || taken == Taken::refused_again) setting.kept.stored = false;
  return taken;
}

KeptSettings::Taken KeptSettings::take_change(std::string_view name,
                                              const std::optional<BusValue>& value) {
  const auto found = settings_.find(name);
  if (found == settings_.end() || found->second.on_its_way) return Taken::same;
  const bool is_next_to_go = found->second.known && !found->second.kept.stored;
  return is_next_to_go ? Taken::same : take(found->second, value);
}

KeptSettings::Taken KeptSettings::take(Setting& setting, const std::optional<BusValue>& value) {
  const auto fitting = fit(setting.spec, value);
  if (!fitting)
    return std::exchange(setting.refusal_said, true) ? Taken::refused_again : Taken::refused;
  setting.refusal_said = false;
  setting.kept.stored = true;
  if (*fitting == setting.kept.value) return Taken::same;
  setting.kept.value = *fitting;
  memory_news_ = true;
  return Taken::changed;
}

std::vector<KeptSettings::Errand> KeptSettings::take_errands() {
  std::vector<Errand> errands;
  for (auto& [name, setting] : settings_) {
    if (!setting.known || setting.kept.stored || setting.on_its_way) continue;
    setting.on_its_way = setting.kept.value;
    errands.push_back({name, setting.kept.value});
  }
  return errands;
}

void KeptSettings::done(std::string_view name, bool stored) {
  const auto found = settings_.find(name);
  if (found == settings_.end() || !found->second.on_its_way) return;
  Setting& setting = found->second;
  const Value sent = *std::exchange(setting.on_its_way, std::nullopt);
  if (!stored) {
    setting.known = false;
  } else if (sent == setting.kept.value) {
    setting.kept.stored = true;
    memory_news_ = true;
  }
}

void KeptSettings::away() {
  for (auto& [name, setting] : settings_) {
    setting.known = false;
    setting.on_its_way.reset();
  }
}

}  // namespace dmb
