// SPDX-License-Identifier: MIT
#include "app/replay/comparison.h"

#include "app/replay/decision_text.h"
#include "dmb/codec/text.h"

#include <utility>
#include <variant>

namespace dmb::replay {

void Comparison::on_run(const record::Began& began, Instant now) {
  devices_.clear();
  lacks_beginning_ = began.catches_up;
  time_ = RunTime(began, now);
}

void Comparison::on_created(Played& device, Instant) {
  devices_[device.service()] = {};
}

/// Under another name its next decision is told anew.
void Comparison::on_changed(Played& device, Instant) {
  devices_.try_emplace(device.service());
}

void Comparison::on_ended(Played& device, Instant) {
  compare_viewed();
  const auto ended = devices_.find(device.service());
  if (ended == devices_.end()) return;
  if (ended->second.held) note(std::move(*ended->second.held));
  devices_.erase(ended);
}

void Comparison::end() {
  compare_viewed();
  for (auto& [service, both] : devices_)
    if (auto held = std::exchange(both.held, std::nullopt)) note(std::move(*held));
}

void Comparison::on_view(Played& device, const std::optional<record::Decision>& news, Instant now) {
  compare_viewed();
  viewed_ = device.service();
  viewed_at_ = now;
  Both& both = devices_[device.service()];
  if (news) both.is_noted = false;
  both.replayed = device.decision();
}

void Comparison::on_remark(const std::string& text, Instant now) {
  constexpr std::size_t kMostRemarks = 20;
  if (remarks_.size() < kMostRemarks) remarks_.push_back(time_.elapsed(now) + ": " + text);
}

/// A decision stands behind the view that it came of.
void Comparison::on_line(const record::Line& line) {
  if (std::holds_alternative<record::Viewed>(line.what)) return;
  if (const auto* decided = std::get_if<record::Decided>(&line.what)) {
    const auto device = devices_.find(decided->device);
    if (device == devices_.end()) return;
    ++decisions_;
    device->second.recorded = decided->decision;
    device->second.is_noted = false;
  }
  compare_viewed();
}

void Comparison::compare_viewed() {
  const auto viewed = std::exchange(viewed_, std::nullopt);
  const auto device = viewed ? devices_.find(*viewed) : devices_.end();
  if (device == devices_.end()) return;
  Both& both = device->second;
  if (!both.recorded || !both.replayed) return;
  if (same(*both.recorded, *both.replayed))
    agree(device->first, both);
  else
    differ(device->first, both);
}

void Comparison::agree(const std::string& device, Both& both) {
  both.agreed = true;
  if (!std::exchange(both.held, std::nullopt)) return;
  on_remark(printable(device) + " is compared from here on", viewed_at_);
}

void Comparison::differ(const std::string& device, Both& both) {
  if (std::exchange(both.is_noted, true)) return;
  if (!lacks_beginning_ || both.agreed) return note(difference_of(device, both));
  if (!both.held) both.held = difference_of(device, both);
}

Difference Comparison::difference_of(const std::string& device, const Both& both) const {
  return {time_.elapsed(viewed_at_) + " (" + time_.clock(viewed_at_) + " UTC) " + printable(device),
          describe(*both.recorded), describe(*both.replayed)};
}

void Comparison::note(Difference difference) {
  ++different_;
  if (differences_.size() < kMost) differences_.push_back(std::move(difference));
}

}  // namespace dmb::replay
