// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity.h"
#include "dmb/battery/reading.h"
#include "dmb/mapping/map.h"
#include "dmb/mapping/topic_tree.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// A map, prepared for messages: all its sources numbered, and found by their topics.
class MapPlan {
 public:
  explicit MapPlan(Map map);
  // Its parts point at one another.
  MapPlan(const MapPlan&) = delete;
  MapPlan& operator=(const MapPlan&) = delete;

  struct Source {
    enum class Use : std::uint8_t { line, availability, alive };
    Use use = Use::line;
    const MapSource* map = nullptr;
    const MapLine* line = nullptr;  ///< with Use::line
    std::size_t first = 0;          ///< of the line's sources
    std::string_view offline = {};  ///< with Use::availability: what it says of a battery gone
  };

  /// A source that a topic belongs to.
  struct Match {
    std::size_t source = 0;
    std::optional<int> number = {};
    std::optional<Quantity> item = {};  ///< that the topic names, where the line does not
    bool connected = false;             ///< the topic tells whether there is a device
    std::string_view any = {};          ///< what "+" stands for; without data where there is none
  };
  /// Those for which the topic says something, in the order of the map. `found` is emptied first.
  void match(std::string_view topic, std::vector<Match>& found) const;

  const Map& map() const { return map_; }
  const Source& source(std::size_t index) const { return sources_[index]; }
  const std::vector<Source>& sources() const { return sources_; }
  const Reading& constants() const { return constants_; }
  /// Whether a source of a line of its own, or of one for any item, may bring it.
  bool may_bring(Quantity id) const;

 private:
  void add(const MapLine& line);
  void add(Source source);
  void add_constant(const MapLine& line);
  std::optional<Match> match_of(const TopicTree::Match& found) const;

  Map map_;
  std::vector<Source> sources_;
  TopicTree tree_;
  std::vector<bool> has_line_;  ///< by Quantity: a line of its own
  std::vector<bool> brings_;    ///< and that has a source
  bool any_item_ = false;
  Reading constants_;
};

}  // namespace dmb
