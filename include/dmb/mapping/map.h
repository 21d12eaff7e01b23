// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

// A [MAP] of the config, read and checked: which topics tell what of a battery. Data only; what may
// stand in a line is in docs/mapping.md, parse_map.h reads it, topic_tree.h finds the lines of a
// topic, intake.h makes readings of messages.

/// How "{n}", "{n-1}" or "{n:02}" writes the number of a cell.
struct NumberForm {
  int shift = 0;  ///< "{n-1}": -1
  int width = 0;  ///< padded with zeros to so many digits; 0: not padded
  bool operator==(const NumberForm&) const = default;
};

/// One level of a topic, or one step of a pointer.
struct MapStep {
  enum class Kind : std::uint8_t {
    literal,   ///< `text`
    numbered,  ///< `text`, the number, `tail`: "cell_", {n-1:02}, ""
    any,       ///< "+" in a topic: one level, whatever it says
    each,      ///< "*" in a pointer: the elements of an array, numbered from 1
    chosen,    ///< "text=tail" in a pointer: the element of an array whose member `text` is `tail`
    item,      ///< "{item}" at the end of a topic: the levels that follow are an item's path
  };
  Kind kind = Kind::literal;
  std::string text = {};
  std::string tail = {};
  NumberForm number = {};
  bool operator==(const MapStep&) const = default;
};

/// A text that stands for a number: "ON=1".
struct MapWord {
  std::string text;
  double number = 0;
  bool operator==(const MapWord&) const = default;
};

/// Where one value comes from.
struct MapSource {
  std::vector<MapStep> topic;
  std::optional<std::vector<MapStep>> pointer = {};  ///< nullopt: the payload is the bare value
  double factor = 1;
  double offset = 0;  ///< added after the factor
  std::optional<int> bit =
      {};  ///< of a whole number, from 0; with bit_by_number what n - shift adds
  bool bit_by_number = false;  ///< "bit {n-1}": `bit` is the shift, here -1
  double bit_value = 1;        ///< "bit 2 = 2": what a set bit stands for; a clear one is 0
  std::vector<MapWord> words = {};
  /// Of an `alive` source, "below 30": a number that is not below it is no sign of life.
  std::optional<double> below = {};
  int column = 0;  ///< in the line of the file, from 1: for messages
  bool operator==(const MapSource&) const = default;
};

/// One line: an item, or a family of numbered ones, and where it comes from.
struct MapLine {
  /// The item; of a family that of number 1 ("/Voltages/Cell1"). Without a meaning for `any_item`.
  Quantity item = Quantity::at(0);
  bool numbered = false;  ///< "Voltages/Cell{n}": `item` and those after it
  int numbers = 1;        ///< how many `item` and those after it are: 128 cells
  bool any_item = false;  ///< "{item} = …/{item}": the topic says which
  /// The highest counts, of a limit the lowest. Neither these nor a constant: the item is left
  /// out, although "{item}" would find it.
  std::vector<MapSource> sources = {};
  std::optional<std::string> constant = {};  ///< instead of sources: "280"
  std::string key = {};                      ///< as written, for messages: "Dc/0/Voltage"
  int line = 0;                              ///< of the file; 0: of a preset
  bool operator==(const MapLine&) const = default;
};

/// "availability = topic online/offline".
struct MapAvailability {
  MapSource source;
  std::string online;
  std::string offline;
  bool operator==(const MapAvailability&) const = default;
};

struct Map {
  /// Each item in one line only, but for those that "{item}" finds as well: their own line counts.
  std::vector<MapLine> lines = {};
  std::vector<MapAvailability> availability = {};  ///< one that says offline is enough
  std::vector<MapSource> alive = {};               ///< empty: whatever brings a required item
  /// The publisher sends what changes and nothing else: what was told holds as long as the source
  /// lives. Set by the key `only_changes`; without it where there is `alive` or `availability`.
  bool only_changes = false;
  bool operator==(const Map&) const = default;
};

}  // namespace dmb
