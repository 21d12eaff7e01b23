// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/mapping/map.h"
#include "map_faults.h"
#include "map_words.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace dmb {

/// What a source may hold, by what it is for.
struct SourceRules {
  bool numbered = false;  ///< the cells of a family: exactly one number
  bool any_item = false;  ///< "{item}" ends the topic
  bool operators = true;  ///< bit, factor, offset and words
};

/// Reads one source of filled words: its topic, its pointer, its operators. nullopt: something is
/// wrong with it, said.
std::optional<MapSource> read_source(const MapSourceText& text, const SourceRules& rules,
                                     MapFaults& faults);

// The parts of it.

/// `glyphs` up to the "#".
std::optional<std::vector<MapStep>> read_topic(MapGlyphs glyphs, std::size_t at, MapFaults& faults);
/// `glyphs` behind the "#".
std::optional<std::vector<MapStep>> read_pointer(MapGlyphs glyphs, std::size_t at,
                                                 MapFaults& faults);
/// What stands behind the topic.
bool read_operators(std::span<const MapWordText> words, MapSource& source, MapFaults& faults);

}  // namespace dmb
