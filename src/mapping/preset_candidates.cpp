// SPDX-License-Identifier: MIT
#include "candidate.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace dmb {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxPerPreset = 60;
constexpr std::size_t kMaxElements = 64;

/// What stands for the placeholders, and the topics that say so.
using TopicsByBound = std::map<Bound, std::set<std::string>>;

/// The matches of one preset.
struct PresetTopics {
  /// By what stands for "{topic}"; "" where the source has none.
  std::map<std::string, TopicsByBound> all;
  TopicsByBound by_soc;      ///< of the sources that a battery is told by
  TopicsByBound by_voltage;  ///< where none of the SoC was heard

  /// Calls `use` for those that may belong to a battery with these texts.
  template <typename Use>
  void for_each_near(const Bound& bound, Use use) const {
    const auto topic = bound.find("topic");
    for (const auto& [name, group] : all) {
      if (topic != bound.end() && !name.empty() && name != topic->second) continue;
      for (const auto& [other, topics] : group) use(other, topics);
    }
  }
};

std::string scalar_text(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  return json.is_number() ? json.dump() : std::string{};
}

const Json* step_into(const Json& json, const MapStep& step) {
  if (json.is_object()) {
    const auto member = json.find(step.text);
    return member == json.end() ? nullptr : &*member;
  }
  return nullptr;
}

/// Where a pointer chooses an element by a placeholder ("instance={instance}"): the bindings that
/// choose one each.
std::vector<Bound> choices(const std::vector<MapStep>& pointer, const std::string& payload) {
  std::vector<Bound> found;
  const Json root = Json::parse(payload, nullptr, false);
  const Json* json = &root;
  for (const MapStep& step : pointer) {
    if (json == nullptr) return found;
    if (step.kind != MapStep::Kind::chosen) {
      json = step_into(*json, step);
      continue;
    }
    const auto name = marked_name(step.tail);
    if (!name || !json->is_array()) return found;
    for (const Json& element : *json) {
      const Json* member = step_into(element, step);
      const std::string text = member != nullptr ? scalar_text(*member) : std::string{};
      if (!text.empty() && found.size() < kMaxElements) found.push_back({{*name, text}});
    }
    return found;
  }
  return found;
}

bool has_choice(const Signature& signature) {
  return signature.pointer && std::ranges::any_of(*signature.pointer, [](const MapStep& step) {
           return step.kind == MapStep::Kind::chosen && marked_name(step.tail);
         });
}

void add(const std::string& topic, const std::string& payload, Signatures::Match match,
         PresetTopics& topics) {
  const Signature& signature = *match.signature;
  std::vector<Bound> bindings;
  if (has_choice(signature)) {
    bindings = choices(*signature.pointer, payload);
    for (Bound& binding : bindings) binding.insert(match.binding.begin(), match.binding.end());
  } else {
    bindings.push_back(std::move(match.binding));
  }
  for (const Bound& binding : bindings) {
    const auto prefix = binding.find("topic");
    topics.all[prefix == binding.end() ? "" : prefix->second][binding].insert(topic);
    if (!signature.names_battery) continue;
    const bool tells_soc =
        signature.any_item ? topic.ends_with(q("/Soc").spec().path) : signature.item == q("/Soc");
    (tells_soc ? topics.by_soc : topics.by_voltage)[binding].insert(topic);
  }
}

std::vector<PresetTopics> sort_by_preset(std::size_t presets, const Signatures& signatures,
                                         const HeardTopics& heard) {
  std::vector<PresetTopics> sorted(presets);
  for (const auto& [topic, payloads] : heard.all())
    for (Signatures::Match& match : signatures.find(topic, payloads.longest)) {
      const std::size_t preset = match.signature->preset;
      add(topic, payloads.longest, std::move(match), sorted[preset]);
    }
  return sorted;
}

/// `seed` with what the other topics add to it without contradiction.
Bound extend(Bound seed, const PresetTopics& topics) {
  topics.for_each_near(Bound(seed), [&seed](const Bound& bound, const auto&) {
    if (agree(bound, seed)) seed.insert(bound.begin(), bound.end());
  });
  return seed;
}

bool is_within(const Bound& part, const Bound& whole) {
  return std::ranges::all_of(part, [&whole](const auto& entry) {
    const auto found = whole.find(entry.first);
    return found != whole.end() && found->second == entry.second;
  });
}

/// What the owner would recognise it by: a placeholder's text that is the battery's own name, or
/// else the end of its topic.
std::string name_of(const Bound& binding) {
  for (const auto& [placeholder, text] : binding)
    if (placeholder == "name" || placeholder == "node" || placeholder == "device") return text;
  const auto topic = binding.find("topic");
  if (topic != binding.end()) return name_from_topic(topic->second);
  return binding.empty() ? std::string{} : name_from_topic(binding.begin()->second);
}

Candidate make_candidate(const DiscoveryPreset& preset, const Bound& binding,
                         const std::vector<std::string>& placeholders, const PresetTopics& topics,
                         const HeardTopics& heard) {
  Candidate candidate{
      .kind = Candidate::Kind::preset, .how = "preset " + preset.name, .name = name_of(binding)};
  candidate.keys.emplace_back("preset", preset.name);
  for (const std::string& name : placeholders) {
    const auto known = binding.find(name);
    const auto common = preset.defaults.find(name);
    if (known == binding.end()) {
      if (common == preset.defaults.end()) candidate.needs.push_back(name);
    } else if (common == preset.defaults.end() || name == "topic" ||
               common->second != known->second) {
      candidate.keys.emplace_back(name, known->second);
    }
  }
  topics.for_each_near(binding, [&](const Bound& other, const std::set<std::string>& its_topics) {
    if (is_within(other, binding)) candidate.topics.insert(its_topics.begin(), its_topics.end());
  });
  const Placeholders stands_for = [&](std::string_view name) -> std::optional<std::string> {
    if (const auto known = binding.find(name); known != binding.end()) return known->second;
    const auto common = preset.defaults.find(name);
    return common != preset.defaults.end() ? std::optional(common->second) : std::nullopt;
  };
  candidate.found = evaluate_map(preset.entries, {}, stands_for, candidate.topics, heard);
  const std::string heard_lines = ", " + std::to_string(candidate.found.heard_lines);
  candidate.how +=
      candidate.found.heard_lines > candidate.found.lines
          ? heard_lines + " items"
          : heard_lines + " of its " + std::to_string(candidate.found.lines) + " lines";
  candidate.turns_current =
      preset.defaults.contains("sign") ? "sign = -1 below its topic" : turning_line(preset.entries);
  return candidate;
}

}  // namespace

std::vector<Candidate> find_by_presets(const std::vector<DiscoveryPreset>& presets,
                                       const Signatures& signatures, const HeardTopics& heard,
                                       std::vector<std::string>& remarks) {
  std::vector<Candidate> found;
  const std::vector<PresetTopics> sorted = sort_by_preset(presets.size(), signatures, heard);
  for (std::size_t i = 0; i < presets.size(); ++i) {
    const PresetTopics& topics = sorted[i];
    const TopicsByBound& seeds = topics.by_soc.empty() ? topics.by_voltage : topics.by_soc;
    std::set<Bound> seen;
    for (const auto& [seed, its_topics] : seeds) {
      if (seen.size() >= kMaxPerPreset) {
        remarks.push_back("more than " + std::to_string(kMaxPerPreset) +
                          " batteries look like those of preset " + presets[i].name +
                          ": the others are left out");
        break;
      }
      const Bound binding = extend(seed, topics);
      if (!seen.insert(binding).second) continue;
      found.push_back(
          make_candidate(presets[i], binding, signatures.placeholders(i), topics, heard));
    }
  }
  return found;
}

}  // namespace dmb
