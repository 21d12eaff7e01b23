// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/mapping/discovery.h"
#include "dmb/mapping/map.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dmb {

/// What the placeholders of a preset stand for, as far as it is known.
using Bound = std::map<std::string, std::string, std::less<>>;

/// Whether nothing stands for two different things.
bool agree(const Bound& a, const Bound& b);

/// One source of a preset's line as something to recognise topics by.
struct Signature {
  /// A stretch of a level: a text, a placeholder, or a number.
  struct Part {
    enum class Kind : std::uint8_t { text, placeholder, number };
    Kind kind = Kind::text;
    std::string text = {};  ///< or the placeholder's name
    NumberForm number = {};
  };
  struct Level {
    bool any = false;  ///< "+"
    std::vector<Part> parts = {};
  };

  std::size_t preset = 0;             ///< index
  bool names_battery = false;         ///< it is a source of the SoC or of the voltage
  std::optional<Quantity> item = {};  ///< nullopt: of availability, alive, or of any item
  bool any_item = false;              ///< the end of the topic is an item's path
  /// The first level is a placeholder that may stand for several levels.
  bool leads = false;
  std::vector<Level> levels = {};
  std::optional<std::vector<MapStep>> pointer = {};
  std::vector<std::string> keys = {};  ///< members that the pointer passes through, in quotes

  /// Nothing but a placeholder: any topic will do, the payload has to tell.
  bool is_open() const { return leads && levels.size() == 1 && !any_item; }
};

/// The presets as what they are recognised by.
class Signatures {
 public:
  explicit Signatures(const std::vector<DiscoveryPreset>& presets);

  struct Match {
    const Signature* signature = nullptr;
    Bound binding;
  };
  /// Those whose topic this may be, and whose members stand in the payload, if it is JSON. Without
  /// parsing the payload.
  std::vector<Match> find(std::string_view topic, std::string_view payload) const;
  /// The placeholders in the topics and pointers of a preset's lines.
  const std::vector<std::string>& placeholders(std::size_t preset) const {
    return placeholders_[preset];
  }

 private:
  void add(std::size_t preset, const Map& map);
  void add(Signature signature, const MapSource& source);

  std::vector<Signature> all_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_last_level_;
  std::vector<std::size_t> others_;  ///< whose last level is no fixed text
  std::vector<std::vector<std::string>> placeholders_;
};

/// The text that stands for a placeholder while it is not known what it is.
std::string placeholder_mark(std::string_view name);
/// The name in a text that is such a mark and nothing else.
std::optional<std::string> marked_name(std::string_view text);

}  // namespace dmb
