// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/mapping/map.h"
#include "dmb/mapping/parse_map.h"
#include "map_faults.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// One character of a value, and what it stands for.
struct MapGlyph {
  enum class Kind : std::uint8_t {
    written,
    quoted,  ///< between double quotes
    filled,  ///< of the text of a placeholder
    number,  ///< the whole of "{n}"
    item,    ///< the whole of "{item}"
  };
  Kind kind = Kind::written;
  char c = 0;            ///< of a text
  std::size_t at = 0;    ///< where in the value, as written
  NumberForm form = {};  ///< of a number

  bool is_text() const { return kind != Kind::number && kind != Kind::item; }
  bool is(char wanted) const { return is_text() && c == wanted; }
};
using MapGlyphs = std::span<const MapGlyph>;

/// The characters of `glyphs`; numbers as "{n}", an item as "{item}".
std::string text_of(MapGlyphs glyphs);
std::vector<MapGlyphs> split(MapGlyphs glyphs, char separator);

/// What stands between blanks and commas, without its quotes.
struct MapWordText {
  std::vector<MapGlyph> glyphs;
  std::size_t at = 0;       ///< where in the value
  bool all_quoted = false;  ///< quotes around the whole of it
};

/// One source: its words, in order.
struct MapSourceText {
  std::vector<MapWordText> words;
  std::size_t at = 0;
};

/// Cuts a value at commas and blanks outside quotes. nullopt: a quote that does not end, said.
std::optional<std::vector<MapSourceText>> cut_into_sources(std::string_view value,
                                                           MapFaults& faults);

/// Replaces what stands in braces by the placeholders' texts, numbers and items. nullopt: a name
/// without a text or braces that make no sense, said.
std::optional<MapWordText> fill(const MapWordText& word, const Placeholders& placeholders,
                                MapFaults& faults);

}  // namespace dmb
