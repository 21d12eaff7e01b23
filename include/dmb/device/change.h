// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/item_values.h"
#include "dmb/battery/quantity.h"
#include "dmb/battery/value.h"

#include <chrono>
#include <optional>
#include <span>
#include <vector>

namespace dmb {

/// Items that have to be signalled, and whether one of them must not wait.
struct Changes {
  std::vector<Quantity> items;
  bool urgent = false;
};

/// `value` as it goes to the bus: a number with one digit more than its text shows, a limit with
/// four decimals, whatever its text shows: no charger can tell less apart. What a float leaves
/// behind (77.10000000000001) is no news to anybody.
OptValue as_published(const OptValue& value, const ItemSpec& item);

/// Whether `wanted` goes to the bus as another value than `shown`; absence always differs.
bool differs(const OptValue& shown, const OptValue& wanted, const ItemSpec& item);

/// Finds what differs between two sets of values over the same items.
class ChangeFinder {
 public:
  explicit ChangeFinder(std::span<const ItemSpec> items);

  /// An item that only exists in `wanted` is a change, even when it is invalid. Items of
  /// Trait::passive count changes: they are among them where there are others. The result is valid
  /// until the next call.
  const Changes& find(const ItemValues& shown, const ItemValues& wanted);
  /// The items of Trait::passive.
  std::span<const Quantity> passive() const { return passive_; }

 private:
  std::span<const ItemSpec> items_;
  std::vector<Quantity> passive_;
  Changes changes_;
};

/// Spaces the signals of one service: the first change goes out at once, what
/// follows within the interval is gathered into the next signal, alarms and limits never wait.
class SignalGate {
 public:
  explicit SignalGate(std::chrono::milliseconds min_interval) : min_interval_(min_interval) {}

  /// When changes that are there `now` may go out; `now` itself means at once.
  Instant due(bool urgent, Instant now) const;
  void sent(Instant now) { last_sent_ = now; }

 private:
  std::chrono::milliseconds min_interval_;
  std::optional<Instant> last_sent_;
};

/// Lets a live service with nothing new to tell be heard all the same: who only hears signals sees
/// a battery whose values stand still like one that died.
class LifeGate {
 public:
  explicit LifeGate(std::chrono::milliseconds interval) : interval_(interval) {}

  void change_interval(std::chrono::milliseconds interval) { interval_ = interval; }
  /// Something was signalled, or the service appeared.
  void told(Instant now) { told_at_ = now; }
  /// When life has to be shown that had its last sign then; nothing when that was told of.
  std::optional<Instant> due(Instant last_sign) const;
  /// Before this due() is not over, whatever signs there are.
  Instant next() const { return told_at_ + interval_; }

 private:
  std::chrono::milliseconds interval_;
  Instant told_at_{};
};

/// The interval of a battery that may be silent for `timeout` (0: for ever): within a third of it,
/// and of a minute where there is none, a reader of signals knows that it lives.
std::chrono::milliseconds life_interval(std::chrono::seconds timeout);

}  // namespace dmb
