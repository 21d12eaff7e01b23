// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity.h"
#include "dmb/battery/value.h"

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace dmb {

/// What one payload said, decoded: at most one entry per item, the last one said. Reusable: clear()
/// keeps the memory.
class Reading {
 public:
  struct Field {
    Quantity id;
    OptValue value;    ///< nullopt: null, "", or unusable
    bool bad = false;  ///< unusable; `complaints` says why
  };
  /// A field that could not be used; costs that field only.
  struct Complaint {
    Quantity id;
    std::string what;  ///< e.g. `140 is outside 0 … 100`
  };

  void set(Quantity id, OptValue value) { slot(id) = {id, std::move(value), false}; }
  void set_bad(Quantity id, std::string what) {
    slot(id) = {id, std::nullopt, true};
    complaints_.push_back({id, std::move(what)});
  }
  /// Bounded: a hostile payload may hold thousands.
  void add_unknown_key(std::string key) {
    constexpr std::size_t kMaxUnknown = 32;
    if (unknown_keys_.size() < kMaxUnknown) unknown_keys_.push_back(std::move(key));
  }

  void clear() {
    for (const Field& field : fields_) field_of_[field.id.index()] = kNone;
    fields_.clear();
    complaints_.clear();
    unknown_keys_.clear();
  }

  const Field* find(Quantity id) const {
    const std::uint16_t index = field_of_[id.index()];
    return index == kNone ? nullptr : &fields_[index];
  }
  std::span<const Field> fields() const { return fields_; }
  std::span<const Complaint> complaints() const { return complaints_; }
  std::span<const std::string> unknown_keys() const { return unknown_keys_; }

 private:
  static constexpr std::uint16_t kNone = 0xFFFF;

  Field& slot(Quantity id) {
    std::uint16_t& index = field_of_[id.index()];
    if (index == kNone) {
      index = static_cast<std::uint16_t>(fields_.size());
      fields_.push_back({id});
    }
    return fields_[index];
  }

  std::vector<std::uint16_t> field_of_ = std::vector(kQuantities, kNone);
  std::vector<Field> fields_;
  std::vector<Complaint> complaints_;
  std::vector<std::string> unknown_keys_;
};

}  // namespace dmb
