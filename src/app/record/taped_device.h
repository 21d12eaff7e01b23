// SPDX-License-Identifier: MIT
#pragma once

#include "app/decision.h"
#include "app/record/tape.h"
#include "dmb/device/device.h"

#include <functional>
#include <optional>
#include <string>

namespace dmb {

/// A device that tells a tape what reaches it and what it decides, and is otherwise the one behind
/// it. What follows from a broker's messages is not told: they are, as they came.
class TapedDevice final : public Device {
 public:
  /// What the device decides, if that is new.
  using Look = std::function<std::optional<record::Decision>(DecisionWatch&)>;

  /// All of them must outlive it. `service`: last part of its name on the bus, as it is now.
  TapedDevice(Tape& tape, Device& device, const std::string& service, Look look)
      : tape_(tape), device_(device), service_(service), look_(std::move(look)) {}

  void handle(const Event& event, Instant now) override;
  const ItemValues& view(Instant now) override;
  ItemValues& values() override { return device_.values(); }
  Presence presence() const override { return device_.presence(); }
  std::optional<Instant> next_change(Instant now) const override {
    return device_.next_change(now);
  }
  std::optional<Instant> last_sign() const override { return device_.last_sign(); }
  bool lives_by_itself() const override { return device_.lives_by_itself(); }
  Notes take_notes() override { return device_.take_notes(); }

  // --- For a part that begins while it lives ---
  /// What a person wants of it, and what day it is, as it was told last.
  void tell_standing_events();
  void tell_view() const { tape_.add(record::Viewed{service_}); }
  void tell_decision();

 private:
  struct Taping;

  Tape& tape_;
  Device& device_;
  const std::string& service_;
  Look look_;
  DecisionWatch watch_;
  std::optional<record::WishesCame> wishes_;
  std::optional<record::TodayCame> today_;
};

}  // namespace dmb
