// SPDX-License-Identifier: MIT
#include "mapped_source.h"

#include <utility>

namespace dmb {
namespace {

IntakeRules rules_of(const BatteryConfig& config) {
  const bool gathers = config.min_update_interval.count() > 0;
  return {.required = config.required,
          .burst = gathers ? config.min_update_interval : kBurst,
          .timeout = config.timeout,
          .venus = venus_topic_of(config.topic).has_value()};
}

Event event_of(const MapIntake::Out& out) {
  switch (out.kind) {
    case MapIntake::Out::Kind::gone:
      // A last will is stored to be believed by whoever comes later.
      return event::Gone{out.topic, false};
    case MapIntake::Out::Kind::rejected:
      return event::Rejected{out.topic, out.retained, MessageFault::not_json, out.what};
    case MapIntake::Out::Kind::other_topic:
      return event::OtherTopic{out.topic};
    case MapIntake::Out::Kind::values:
      break;
  }
  return event::Values{out.reading, out.retained, out.is_life, out.required_unknown};
}

}  // namespace

MappedSource::MappedSource(const BatteryConfig& config, Handle handle)
    : BatterySource(config, std::move(handle)), intake_(config.map.value(), rules_of(config)) {}

void MappedSource::change(const BatteryConfig& config) {
  BatterySource::change(config);
  intake_.change(config.map.value(), rules_of(config));
}

void MappedSource::read(const MqttMessage& message) {
  intake_.receive(message.topic, message.payload, message.retained, message.arrived);
  end_bursts(message.arrived);
}

void MappedSource::end_bursts(Instant now) {
  for (const MapIntake::Out& out : intake_.take(now)) handle_(event_of(out), now);
}

std::vector<std::string> MappedSource::questions() const {
  std::vector<std::string> questions;
  if (!venus()) return questions;
  for (const std::string& topic : intake_.required_topics())
    if (const auto asked = venus_topic_of(topic)) questions.push_back(asked->question());
  return questions;
}

}  // namespace dmb
