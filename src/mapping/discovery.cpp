// SPDX-License-Identifier: MIT
#include "dmb/mapping/discovery.h"

#include "candidate.h"
#include "dmb/battery/letter_case.h"
#include "dmb/codec/payload.h"
#include "dmb/codec/topic.h"
#include "finding.h"
#include "ha_candidates.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace dmb {
namespace {

constexpr std::size_t kMaxPayload = 32UL * 1024;  ///< no battery's JSON comes near it
constexpr std::size_t kMaxConfig = 256UL * 1024;  ///< what announces a device with all its entities
constexpr std::size_t kMaxParsed = 64 << 20;      ///< bytes of JSON in all
constexpr std::size_t kMaxJsonTopics = 200;
constexpr std::size_t kMaxPortals = 16;
constexpr std::size_t kMaxTries = 3;  ///< of one topic's JSON, before it is no battery's

/// Whether it is worth parsing: the names of a battery's members are in it.
bool looks_like_battery(std::string_view payload) {
  constexpr std::size_t kNear = 20;
  const std::size_t start = payload.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || payload[start] != '{') return false;
  for (std::size_t i = payload.find_first_of("sS"); i != std::string_view::npos;
       i = payload.find_first_of("sS", i + 1)) {
    if (!equals_ignoring_case(payload.substr(i, 3), "soc")) continue;
    const std::string_view behind = payload.substr(i + 3, kNear);
    if (behind.starts_with('"') || behind.starts_with("\\\"")) return true;
  }
  return false;
}

bool is_portal_id(std::string_view text) {
  constexpr std::size_t kDigits = 12;
  return text.size() == kDigits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f');
         });
}

}  // namespace

class Discovery::Impl {
 public:
  explicit Impl(std::vector<DiscoveryPreset> presets)
      : presets_(std::move(presets)), signatures_(presets_) {}

  void receive(std::string_view topic, std::string_view payload);
  const std::set<std::string>& keepalives() const { return keepalives_; }
  DiscoveryReport report(const KnownBatteries& known) const;

 private:
  void note_venus(std::string_view topic);
  bool is_json_battery(std::string_view topic, std::string_view payload);
  bool may_parse(std::size_t bytes);
  std::vector<Candidate> candidates(std::vector<std::string>& remarks) const;
  void remark(std::vector<std::string>& remarks) const;

  std::vector<DiscoveryPreset> presets_;
  Signatures signatures_;
  HeardTopics heard_;
  HaEntities announced_;
  std::set<std::string, std::less<>> json_topics_;
  std::map<std::string, std::size_t, std::less<>> refused_json_;
  std::set<std::string> keepalives_;
  std::size_t messages_ = 0;
  std::size_t parsed_bytes_ = 0;
  std::size_t too_large_ = 0;  ///< messages
  std::size_t no_room_ = 0;    ///< messages
  std::size_t unparsed_ = 0;   ///< messages
};

void Discovery::Impl::receive(std::string_view topic, std::string_view payload) {
  ++messages_;
  note_venus(topic);
  const bool announces = is_ha_config_topic(topic);
  if (payload.size() > (announces ? kMaxConfig : kMaxPayload)) {
    ++too_large_;
    return;
  }
  if (announces) {
    if (payload.starts_with('{') && may_parse(payload.size()) &&
        !announced_.receive(topic, payload))
      ++no_room_;
    return;
  }
  const bool is_likely = is_json_battery(topic, payload) || announced_.is_told_on(topic);
  const bool may_be = is_likely || heard_.has(topic) || !signatures_.find(topic, payload).empty();
  if (may_be && !heard_.keep(topic, payload, is_likely)) ++no_room_;
}

/// "N/<portal id>/…" says that a Venus device is there, which sends the rest when it is asked.
void Discovery::Impl::note_venus(std::string_view topic) {
  if (keepalives_.size() >= kMaxPortals) return;
  if (!topic.starts_with("N/") && topic.find("/N/") == std::string_view::npos) return;
  const auto venus = venus_topic_of(topic);
  if (venus && is_portal_id(venus->portal_id)) keepalives_.insert(venus->keepalive());
}

bool Discovery::Impl::may_parse(std::size_t bytes) {
  if (parsed_bytes_ + bytes > kMaxParsed) {
    ++unparsed_;
    return false;
  }
  parsed_bytes_ += bytes;
  return true;
}

bool Discovery::Impl::is_json_battery(std::string_view topic, std::string_view payload) {
  if (json_topics_.contains(topic)) return true;
  if (json_topics_.size() >= kMaxJsonTopics || !looks_like_battery(payload)) return false;
  const auto refused = refused_json_.find(topic);
  if (refused != refused_json_.end() && refused->second >= kMaxTries) return false;
  if (!may_parse(payload.size())) return false;
  Reading reading;
  if (std::holds_alternative<Accepted>(decode_payload(payload, reading))) {
    json_topics_.emplace(topic);
    return true;
  }
  constexpr std::size_t kMaxRefused = 10'000;
  if (refused != refused_json_.end())
    ++refused->second;
  else if (refused_json_.size() < kMaxRefused)
    refused_json_.emplace(topic, 1);
  return false;
}

std::vector<Candidate> Discovery::Impl::candidates(std::vector<std::string>& remarks) const {
  std::vector<Candidate> found = find_by_presets(presets_, signatures_, heard_, remarks);
  for (const std::string& topic : json_topics_) {
    Evaluation evaluation = evaluate_json(topic, heard_);
    if (!evaluation.is_complete()) continue;
    Candidate candidate{.kind = Candidate::Kind::json,
                        .how = "JSON as it is",
                        .name = name_from_topic(topic),
                        .keys = {{"topic", topic}},
                        .topics = {topic},
                        .found = std::move(evaluation)};
    found.push_back(std::move(candidate));
  }
  std::ranges::move(announced_.candidates(heard_), std::back_inserter(found));
  return found;
}

void Discovery::Impl::remark(std::vector<std::string>& remarks) const {
  const auto add = [&remarks](std::size_t count, const std::string& what) {
    if (count > 0) remarks.push_back(std::to_string(count) + " messages " + what);
  };
  add(too_large_, "were too large to be a battery's and not looked at");
  add(no_room_,
      "were left out: the broker has more that looks like batteries than there is room for");
  add(unparsed_, "were left out: too much JSON to look at all of it");
}

DiscoveryReport Discovery::Impl::report(const KnownBatteries& known) const {
  DiscoveryReport report{.messages = messages_};
  std::vector<Candidate> all = candidates(report.remarks);
  for (Candidate& candidate : all) add_venus_facts(candidate, heard_);
  drop_own(all, heard_, report.remarks);
  report.batteries = describe(choose_best(std::move(all)), known, report.remarks);
  remark(report.remarks);
  return report;
}

Discovery::Discovery(std::vector<DiscoveryPreset> presets)
    : impl_(std::make_unique<Impl>(std::move(presets))) {}

Discovery::~Discovery() = default;

void Discovery::receive(std::string_view topic, std::string_view payload) {
  impl_->receive(topic, payload);
}

std::vector<std::string> Discovery::keepalive_topics() const {
  return {impl_->keepalives().begin(), impl_->keepalives().end()};
}

DiscoveryReport Discovery::report(const KnownBatteries& known) const {
  return impl_->report(known);
}

}  // namespace dmb
