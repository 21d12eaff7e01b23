// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/item_values.h"
#include "dmb/battery/value.h"
#include "dmb/device/event.h"
#include "dmb/device/note.h"

#include <cstdint>
#include <optional>

namespace dmb {

/// Whether a device is to be on the bus; one that stays may be on it or not.
enum class Presence : std::uint8_t { off, stays, on };

/// One published battery or bank. Events in; item values, notes and the time of the next call out.
/// It knows no loop, clock, bus, broker or log, so that hours of it can be played in a moment.
class Device {
 public:
  virtual ~Device() = default;

  /// Events that are none of this device's change nothing.
  virtual void handle(const Event& event, Instant now) = 0;

  /// Lets time pass and works out what the bus is to show. The result is valid until the next call.
  virtual const ItemValues& view(Instant now) = 0;
  /// What view() returned last. Items of Trait::service are the caller's to set: what the service
  /// is does not follow from events.
  virtual ItemValues& values() = 0;
  /// As of the last view().
  virtual Presence presence() const = 0;
  /// When view() has to be called again, if nothing else happens. After a view() never in the past.
  virtual std::optional<Instant> next_change(Instant now) const = 0;

  /// The last sign of life of what is shown.
  virtual std::optional<Instant> last_sign() const { return std::nullopt; }
  /// It lives without further signs: whoever makes its events finds out when it dies.
  virtual bool lives_by_itself() const { return false; }

  /// What happened since the last call, in this order.
  virtual Notes take_notes() = 0;
};

}  // namespace dmb
