// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/domain/item_spec.h"
#include "dmb/domain/value.h"

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
    ItemId id = 0;
    OptValue value;    ///< nullopt: null, "", or unusable
    bool bad = false;  ///< unusable; `complaints` says why
  };
  /// A field that could not be used; costs that field only (specification 3.2).
  struct Complaint {
    ItemId id = 0;
    std::string what;  ///< e.g. `140 is outside 0 … 100`
  };

  explicit Reading(std::size_t item_count) : field_of_item_(item_count, kNone) {}

  void set(ItemId id, OptValue value) { slot(id) = {id, std::move(value), false}; }
  void set_bad(ItemId id, std::string what) {
    slot(id) = {id, std::nullopt, true};
    complaints_.push_back({id, std::move(what)});
  }
  /// Bounded: a hostile payload may hold thousands.
  void add_unknown_key(std::string key) {
    constexpr std::size_t kMaxUnknown = 32;
    if (unknown_keys_.size() < kMaxUnknown) unknown_keys_.push_back(std::move(key));
  }

  void clear() {
    for (const Field& field : fields_) field_of_item_[field.id] = kNone;
    fields_.clear();
    complaints_.clear();
    unknown_keys_.clear();
  }

  const Field* find(ItemId id) const {
    return field_of_item_[id] == kNone ? nullptr : &fields_[field_of_item_[id]];
  }
  std::span<const Field> fields() const { return fields_; }
  std::span<const Complaint> complaints() const { return complaints_; }
  std::span<const std::string> unknown_keys() const { return unknown_keys_; }

 private:
  static constexpr std::uint16_t kNone = 0xFFFF;

  Field& slot(ItemId id) {
    std::uint16_t& index = field_of_item_[id];
    if (index == kNone) {
      index = static_cast<std::uint16_t>(fields_.size());
      fields_.emplace_back();
    }
    return fields_[index];
  }

  std::vector<std::uint16_t> field_of_item_;
  std::vector<Field> fields_;
  std::vector<Complaint> complaints_;
  std::vector<std::string> unknown_keys_;
};

}  // namespace dmb
