// SPDX-License-Identifier: MIT
#include "finding.h"

#include "dmb/codec/text.h"
#include "dmb/codec/topic.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

namespace dmb {
namespace {

/// {"value": "…"} on the topic of a device's item.
std::string venus_text(const std::string& device, Quantity id, const HeardTopics& heard) {
  const HeardTopics::Payloads* payloads = heard.find(device + std::string(id.spec().path));
  if (payloads == nullptr) return {};
  const auto json = nlohmann::json::parse(payloads->last, nullptr, false);
  if (!json.is_object()) return {};
  const auto value = json.find("value");
  return value != json.end() && value->is_string() ? value->get<std::string>() : std::string{};
}

/// As the device's own list of batteries calls it, or else by its instance.
std::string listed_name(const std::string& venus_device, const HeardTopics& heard) {
  const std::size_t slash = venus_device.rfind('/');
  const std::string instance = venus_device.substr(slash + 1);
  const std::string portal = venus_device.substr(0, venus_device.rfind('/', slash - 1));
  std::string name = "Battery " + instance;
  const HeardTopics::Payloads* payloads = heard.find(portal + "/system/0/Batteries");
  if (payloads == nullptr) return name;
  const auto json = nlohmann::json::parse(payloads->last, nullptr, false);
  if (!json.is_object() || !json.contains("value") || !json["value"].is_array()) return name;
  for (const auto& battery : json["value"]) {
    if (!battery.is_object() || !battery.contains("instance") || !battery.contains("name"))
      continue;
    if (battery["instance"].dump() == instance && battery["name"].is_string())
      name = battery["name"].get<std::string>();
  }
  return name;
}

std::string key_of(const Candidate& candidate, std::string_view name) {
  for (const auto& [key, value] : candidate.keys)
    if (key == name) return value;
  return {};
}

std::string topic_of(const std::string& source) {
  return source.substr(0, source.find('#'));
}

/// Which of those chosen already is the same battery as another candidate.
class Chosen {
 public:
  std::optional<std::size_t> find(const Candidate& candidate) const {
    const bool is_json = candidate.kind == Candidate::Kind::json;
    for (const std::string& source : candidate.found.sources) {
      // JSON that is taken as it is is the whole battery behind its topic.
      for (const auto& place : {look_up(by_source_, source),
                                look_up(is_json ? by_topic_ : by_json_topic_, topic_of(source))})
        if (place) return place;
    }
    return candidate.venus_device.empty() ? std::nullopt
                                          : look_up(by_venus_device_, candidate.venus_device);
  }

  void add(const Candidate& candidate, std::size_t place) {
    for (const std::string& source : candidate.found.sources) {
      by_source_.emplace(source, place);
      by_topic_.emplace(topic_of(source), place);
      if (candidate.kind == Candidate::Kind::json) by_json_topic_.emplace(topic_of(source), place);
    }
    if (!candidate.venus_device.empty()) by_venus_device_.emplace(candidate.venus_device, place);
  }

 private:
  using Places = std::map<std::string, std::size_t>;
  static std::optional<std::size_t> look_up(const Places& places, const std::string& key) {
    const auto found = places.find(key);
    return found == places.end() ? std::nullopt : std::optional(found->second);
  }

  Places by_source_;
  Places by_topic_;
  Places by_json_topic_;
  Places by_venus_device_;
};

/// The better comes first.
auto merit(const Candidate& candidate) {
  const Evaluation& found = candidate.found;
  const auto unheard = found.lines > found.heard_lines ? found.lines - found.heard_lines : 0;
  return std::make_tuple(!found.is_complete(), candidate.kind == Candidate::Kind::home_assistant,
                         -static_cast<long>(found.heard_lines), unheard, candidate.kind,
                         candidate.how);
}

/// Too little to be named at all where it lacks what a battery needs.
bool is_worth_naming(const Candidate& candidate) {
  constexpr std::size_t kLeast = 4;
  return candidate.found.has_required() || candidate.found.heard_lines >= kLeast;
}

}  // namespace

void add_venus_facts(Candidate& candidate, const HeardTopics& heard) {
  if (candidate.found.sources.empty()) return;
  const std::string topic = topic_of(*candidate.found.sources.begin());
  candidate.venus_device = venus_device_of(topic);
  const auto venus = venus_topic_of(topic);
  if (venus && venus->rest == "system/0/Batteries")
    candidate.venus_device =
        venus->prefix + "N/" + venus->portal_id + "/battery/" + key_of(candidate, "instance");
  if (candidate.venus_device.empty()) return;
  for (const Quantity id : {q("/CustomName"), q("/ProductName")})
    if (const std::string name = venus_text(candidate.venus_device, id, heard); !name.empty()) {
      candidate.name = name;
      return;
    }
  candidate.name = listed_name(candidate.venus_device, heard);
}

void drop_own(std::vector<Candidate>& candidates, const HeardTopics& heard,
              std::vector<std::string>& remarks) {
  const std::size_t dropped = std::erase_if(candidates, [&heard](const Candidate& candidate) {
    return !candidate.venus_device.empty() &&
           venus_text(candidate.venus_device, q("/Mgmt/ProcessName"), heard)
                   .find("dbus-mqtt-battery") != std::string::npos;
  });
  if (dropped > 0)
    remarks.emplace_back(
        "batteries that dbus-mqtt-battery itself shows on a Venus device are left out: they are "
        "what it reads already");
}

std::vector<Candidate> choose_best(std::vector<Candidate> candidates) {
  std::erase_if(candidates, [](const Candidate& candidate) { return !is_worth_naming(candidate); });
  std::ranges::stable_sort(candidates, {}, merit);
  std::vector<Candidate> best;
  Chosen chosen;
  for (Candidate& candidate : candidates) {
    const auto same = chosen.find(candidate);
    if (!same) {
      chosen.add(candidate, best.size());
      best.push_back(std::move(candidate));
    } else if (candidate.kind == Candidate::Kind::home_assistant) {
      best[*same].name = candidate.name;  // what the publisher calls it
    }
  }
  return best;
}

}  // namespace dmb
