// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity.h"
#include "dmb/mapping/discovery.h"
#include "heard_topics.h"
#include "signature.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dmb {

/// What is known of a battery from what was heard.
struct Evaluation {
  std::map<Quantity, Value> values = {};  ///< the last one of each
  std::set<Quantity> unknown = {};        ///< told last as "not known"
  std::set<std::string> sources = {};     ///< of SoC and voltage: "ess/pack#/u"
  std::size_t heard_lines = 0;
  std::size_t lines = 0;
  bool is_gone = false;    ///< its source said last that there is none
  std::string fault = {};  ///< why its lines make no map; empty: they do

  bool tells(Quantity id) const { return values.contains(id) || unknown.contains(id); }
  /// All that a battery needs, be it known at the moment or not.
  bool has_required() const;
  bool is_complete() const { return has_required() && fault.empty(); }
  std::optional<double> number(Quantity id) const;
};

/// Something that may be a battery.
struct Candidate {
  enum class Kind : std::uint8_t { json, preset, home_assistant };
  Kind kind = Kind::preset;
  std::string how = {};                                        ///< "preset batmon"
  std::string name = {};                                       ///< as it came
  std::vector<std::pair<std::string, std::string>> keys = {};  ///< of its section
  std::vector<MapEntry> map = {};                              ///< of its own [MAP]
  std::vector<std::string> proposals = {};  ///< lines of its [MAP] that nobody should take unseen
  std::vector<std::string> guesses = {};
  std::vector<std::string> needs = {};  ///< keys that the owner has to fill in
  std::string turns_current = {};       ///< what to write where, to turn its sign; empty: unknown
  std::set<std::string> topics = {};
  Evaluation found = {};
  std::string venus_device = {};  ///< "N/<portal id>/battery/512"
};

/// What the JSON on `topic` tells; nothing when it is no battery's.
Evaluation evaluate_json(const std::string& topic, const HeardTopics& heard);
/// What the lines make of the payloads on `topics`.
Evaluation evaluate_map(const std::vector<MapEntry>& preset, const std::vector<MapEntry>& own,
                        const Placeholders& placeholders, const std::set<std::string>& topics,
                        const HeardTopics& heard);

/// What to write where, to turn the sign of the current. Empty where no single line does that.
std::string turning_line(const std::vector<MapEntry>& entries);
/// A name for the battery behind `topic`: its last level that says more than "battery" or "state".
std::string name_from_topic(std::string_view topic);
/// "N/<portal id>/battery/512" of a topic below it; empty for any other.
std::string venus_device_of(std::string_view topic);

/// Candidates by the presets' lines. Adds to `remarks` what was too much.
std::vector<Candidate> find_by_presets(const std::vector<DiscoveryPreset>& presets,
                                       const Signatures& signatures, const HeardTopics& heard,
                                       std::vector<std::string>& remarks);

}  // namespace dmb
