// SPDX-License-Identifier: MIT
#include "app/battery_app.h"
#include "app/device_rules.h"
#include "dmb/codec/text.h"
#include "dmb/codec/topic.h"
#include "status_parts.h"

namespace dmb {
namespace {

status::MappedStatus mapped_status(const MappedItem& item, const ItemValues& values,
                                   const RequiredItems& required, Instant now) {
  status::MappedStatus status{.item = item.item,
                              .topic = item.topic,
                              .raw = item.raw,
                              .value = {},
                              .age_s = age_s(item.heard_at, now),
                              .required = false};
  const auto id = find_quantity(item.item);
  if (!id) return status;
  if (values[*id].value) status.value = format_text(values[*id].value, id->spec().text);
  status.required = std::ranges::find(required, *id) != required.end();
  return status;
}

}  // namespace

status::BatteryStatus BatteryApp::status(Instant now) const {
  const BatteryModel& model = battery_.model();
  const TopicChoice& topic = battery_.topic();
  status::BatteryStatus status{.name = config_.device_name,
                               .topic = source_of(config_),
                               .service = host_.service() != nullptr
                                              ? host_.service()->status()
                                              : status::ServiceStatus{.hidden = true},
                               .life = model.phase(),
                               .timeout_s = config_.timeout.count(),
                               .last_sign_age_s = age_s(model.last_sign(), now),
                               .accepted = model.applied(),
                               .rejected = battery_.unused()};
  if (const auto& unused = battery_.last_unused()) {
    status.last_fault = unused->message.fault;
    status.last_rejection = describe(unused->message);
    status.last_rejection_age_s = age_s(unused->at, now);
  }
  status.doubts = battery_.doubts(now);
  if (!config_.map && has_wildcard(config_.topic)) status.topic_in_use = topic.topic();
  status.other_topics = topic.others();
  status.preset = config_.preset;
  for (const MappedItem& item : source_->mapped_items())
    status.mapped.push_back(mapped_status(item, model.values(), config_.required, now));
  if (!config_.control) status.trial = status::describe_trial(trial_, now);
  if (host_.service() != nullptr && !host_.service()->joined()) return status;
  status.values = values_status(model.values());
  status.limits = status::describe_limits(model.limits(), model.phase());
  status::describe_votes(model.votes(), status.limits);
  status.limits.switches = panel_.summary();
  status.limits.charge_control = status::describe_charge_control(model.charge_control());
  const bool live = is_live();
  status.charge_voltage_refused = live && model.limits().has(Cause::charge_voltage_refused);
  status.stop_not_obeyed = live && model.limits().voltage_lowered();
  return status;
}

}  // namespace dmb
