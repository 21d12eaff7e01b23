// SPDX-License-Identifier: MIT
#include "app/battery_app.h"
#include "status_parts.h"

namespace dmb {

status::BatteryStatus BatteryApp::status(Instant now) const {
  status::BatteryStatus status{.name = config_.device_name,
                               .topic = config_.topic,
                               .service = device_.status(),
                               .life = model_.phase(),
                               .timeout_s = config_.timeout.count(),
                               .last_sign_age_s = age_s(model_.last_sign(), now),
                               .accepted = model_.applied(),
                               .rejected = rejected_};
  if (last_rejection_) {
    status.last_fault = last_rejection_->fault;
    status.last_rejection = last_rejection_->text;
    status.last_rejection_age_s = age_s(last_rejection_->at, now);
  }
  status.doubts = refused_.texts(config_.timeout, now);
  for (const Doubt& doubt : model_.doubts()) status.doubts.push_back(text_of(doubt));
  if (has_wildcard(config_.topic)) status.topic_in_use = topic_.topic();
  status.other_topics = topic_.others();
  if (!device_.joined()) return status;
  status.values = values_status(model_.values());
  status.limits = status::describe_limits(model_.limits(), model_.phase());
  const bool live = model_.phase() == Life::Phase::live;
  status.charge_voltage_refused = live && model_.limits().voltage_refused;
  status.stop_not_obeyed = live && model_.limits().voltage_lowered;
  return status;
}

}  // namespace dmb
