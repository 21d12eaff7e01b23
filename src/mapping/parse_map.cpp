// SPDX-License-Identifier: MIT
#include "dmb/mapping/parse_map.h"

#include "map_faults.h"
#include "map_key.h"
#include "map_line.h"

#include <algorithm>
#include <array>
#include <utility>

namespace dmb {
namespace {

using Kind = MapKey::Kind;

constexpr std::size_t kMostLines = 500;  // of a preset, and of the config's own map

struct Keyed {
  const MapEntry* entry = nullptr;
  MapKey key;
  bool in_preset = false;
};

/// Which entry tells what: of each item one.
class Owners {
 public:
  /// The entry that has one of what `key` stands for already.
  const Keyed* find(const MapKey& key) const {
    for (std::size_t i = 0; i < places(key); ++i)
      if (const Keyed* owner = owners_[place(key) + i]) return owner;
    return nullptr;
  }
  void take(const Keyed& keyed) {
    for (std::size_t i = 0; i < places(keyed.key); ++i) owners_[place(keyed.key) + i] = &keyed;
  }

 private:
  /// Behind the items those keys that are none.
  static std::size_t place(const MapKey& key) {
    return key.kind == Kind::item ? key.first.index()
                                  : kQuantities + static_cast<std::size_t>(key.kind);
  }
  static std::size_t places(const MapKey& key) { return key.numbers; }

  std::array<const Keyed*, kQuantities + 8> owners_{};
};

class MapParser {
 public:
  MapParser(std::span<const MapEntry> preset, std::span<const MapEntry> own,
            const Placeholders& placeholders)
      : placeholders_(placeholders) {
    preset_ = read_keys(preset, true, in_preset_);
    own_ = read_keys(own, false, in_own_);
  }

  MapResult parse() {
    for (const Keyed& keyed : preset_)
      if (!is_replaced(keyed)) read(keyed);
    for (const Keyed& keyed : own_) read_own(keyed);
    finish();
    return std::move(result_);
  }

 private:
  std::vector<Keyed> read_keys(std::span<const MapEntry> entries, bool in_preset, Owners& owners) {
    const auto kept = entries.first(std::min(entries.size(), kMostLines));
    if (kept.size() < entries.size())
      faults_of(entries[kMostLines], in_preset)
          .add_to_key(0, "is left out, and what follows: a map may have 500 lines");
    std::vector<Keyed> keyed;
    keyed.reserve(kept.size());  // the owners point into it
    for (const MapEntry& entry : kept) {
      const auto key = read_new_key(entry, in_preset, owners);
      if (!key) continue;
      keyed.push_back({&entry, *key, in_preset});
      owners.take(keyed.back());
    }
    return keyed;
  }

  std::optional<MapKey> read_new_key(const MapEntry& entry, bool in_preset, const Owners& owners) {
    MapFaults faults = faults_of(entry, in_preset);
    const auto key = read_key(entry.key, faults);
    const Keyed* other = key ? owners.find(*key) : nullptr;
    if (!other) return key;
    const std::string where =
        other->entry->line > 0 ? " in line " + std::to_string(other->entry->line) : "";
    faults.add_to_key(0, "is told already by " + quoted(other->entry->key) + where +
                             ": several sources stand in one line, commas between them");
    return std::nullopt;
  }

  bool is_replaced(const Keyed& of_preset) const {
    const Keyed* own = in_own_.find(of_preset.key);
    return own && !is_part_of(own->key, of_preset.key);
  }

  /// A single cell of a line for all cells.
  static bool is_part_of(const MapKey& key, const MapKey& family) {
    return family.numbered && !key.numbered;
  }

  void read_own(const Keyed& own) {
    const Keyed* replaced = in_preset_.find(own.key);
    if (replaced && is_part_of(own.key, replaced->key)) {
      faults_of(own).add_to_key(0, "the preset tells it by " + quoted(replaced->entry->key) +
                                       ": write a line with that key to replace it");
    } else if (!own.entry->value.empty()) {
      read(own);
    } else if (own.key.kind == Kind::item && (replaced || any_item())) {
      left_out_.push_back(own);
    } else if (!replaced) {
      say_empty(own);
    }
  }

  /// Whether there is a line that finds items by their topics.
  bool any_item() const {
    const MapKey key{.kind = Kind::any_item};
    const Keyed* own = in_own_.find(key);
    return own ? !own->entry->value.empty() : in_preset_.find(key) != nullptr;
  }

  void say_empty(const Keyed& keyed) {
    faults_of(keyed).add(
        0, "is empty: write a topic or a number (empty takes a line of the preset away)");
  }

  void read(const Keyed& keyed) {
    const MapEntry& entry = *keyed.entry;
    if (entry.value.empty()) return say_empty(keyed);
    MapFaults faults = faults_of(keyed);
    switch (keyed.key.kind) {
      case Kind::item:
      case Kind::any_item:
        if (auto line = read_line(entry, keyed.key, placeholders_, faults)) {
          if (keyed.in_preset) line->line = 0;
          result_.map.lines.push_back(std::move(*line));
        }
        return;
      case Kind::availability:
        result_.map.availability = read_availability(entry, placeholders_, faults);
        return;
      case Kind::alive:
        result_.map.alive = read_alive(entry, placeholders_, faults);
        return;
      case Kind::only_changes:
        only_changes_ = read_only_changes(entry, faults);
        return;
    }
  }

  void finish() {
    Map& map = result_.map;
    if (std::ranges::none_of(map.lines, &MapLine::any_item)) left_out_.clear();
    for (const Keyed& keyed : left_out_)
      map.lines.push_back({.item = keyed.key.first,
                           .numbered = keyed.key.numbered,
                           .numbers = static_cast<int>(keyed.key.numbers),
                           .key = keyed.entry->key,
                           .line = keyed.entry->line});
    map.only_changes = only_changes_.value_or(!map.availability.empty() || !map.alive.empty());
  }

  MapFaults faults_of(const MapEntry& entry, bool in_preset) {
    return {entry, in_preset, result_.problems};
  }
  MapFaults faults_of(const Keyed& keyed) { return faults_of(*keyed.entry, keyed.in_preset); }

  const Placeholders& placeholders_;
  MapResult result_;
  Owners in_preset_;
  Owners in_own_;
  std::vector<Keyed> preset_;
  std::vector<Keyed> own_;
  std::vector<Keyed> left_out_;
  std::optional<bool> only_changes_;
};

}  // namespace

MapResult parse_map(std::span<const MapEntry> preset, std::span<const MapEntry> own,
                    const Placeholders& placeholders) {
  return MapParser(preset, own, placeholders).parse();
}

}  // namespace dmb
