// SPDX-License-Identifier: MIT
#include "source_values.h"

#include "dmb/codec/text.h"

#include <algorithm>
#include <array>

namespace dmb {
namespace {

constexpr std::size_t kMaxRaw = 60;

/// What allows less the lower it is.
bool limits(Quantity id) {
  constexpr std::array kLimits{
      q("/Info/MaxChargeVoltage"), q("/Info/MaxChargeCurrent"), q("/Info/MaxDischargeCurrent"),
      q("/Io/AllowToCharge"),      q("/Io/AllowToDischarge"),   q("/Io/AllowToBalance"),
      q("/Io/AllowToHeat")};
  return std::ranges::find(kLimits, id) != kLimits.end();
}

bool is_urgent(Quantity id) {
  return has(id.spec().traits, Trait::urgent);
}

/// The values of several sources, one after the other.
class Joined {
 public:
  explicit Joined(Quantity id) : id_(id) {}

  void add(const SourceValue& told) {
    if (told.bad) bad_ = &told;
    if (told.value && (best_ == nullptr || is_better(told))) best_ = &told;
  }

  /// Of what limits, one that cannot be used makes the whole unusable: it might be the lowest.
  void write(Reading& out) const {
    if (bad_ != nullptr) out.set_bad(id_, bad_->what);
    if (bad_ != nullptr && (best_ == nullptr || limits(id_))) return;
    out.set(id_, best_ != nullptr ? best_->value : std::nullopt);
  }

 private:
  /// Of texts the one told last.
  bool is_better(const SourceValue& told) const {
    if (id_.spec().kind == Kind::text) return told.heard_at > best_->heard_at;
    return limits(id_) ? *told.value < *best_->value : *told.value > *best_->value;
  }

  Quantity id_;
  const SourceValue* best_ = nullptr;
  const SourceValue* bad_ = nullptr;
};

}  // namespace

std::string SourceValue::raw() const {
  return printable(text_of({raw_kind, raw_number, raw_text}), kMaxRaw);
}

void SourceValues::tell(Key key, const RawValue& raw, const Reading& read, bool retained,
                        Instant now) {
  SourceValue& told = values_[key];
  if (retained && !told.retained && counts(told, now)) return;
  const Reading::Field* field = read.find(key.second);
  told.value = field != nullptr ? field->value : std::nullopt;
  told.bad = field != nullptr && field->bad;
  told.what.clear();
  if (told.bad) told.what = read.complaints().back().what;
  told.retained = retained;
  told.in_force = true;
  told.heard_at = now;
  told.raw_kind = raw.kind;
  told.raw_number = raw.number;
  // A byte more than is shown, so that a text that was cut looks so.
  told.raw_text = raw.text.substr(0, kMaxRaw + 1);
}

void SourceValues::join(std::size_t first, std::size_t count, Quantity id, bool retained,
                        Instant now, Reading& out) const {
  Joined joined(id);
  for (std::size_t source = first; source < first + count; ++source) {
    const auto told = values_.find({source, id});
    if (told == values_.end() || !counts(told->second, now)) continue;
    if (told->second.retained && !retained && !is_urgent(id)) continue;
    joined.add(told->second);
  }
  joined.write(out);
}

void SourceValues::void_all() {
  for (auto& [key, told] : values_) told.in_force = false;
}

void SourceValues::for_each_of(
    std::size_t source, const std::function<void(Quantity, const SourceValue&)>& found) const {
  for (auto it = values_.lower_bound({source, Quantity::at(0)});
       it != values_.end() && it->first.first == source; ++it)
    found(it->first.second, it->second);
}

bool SourceValues::is_silent(std::size_t source) const {
  const auto it = values_.lower_bound({source, Quantity::at(0)});
  return it == values_.end() || it->first.first != source;
}

}  // namespace dmb
