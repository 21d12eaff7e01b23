// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity.h"
#include "dmb/battery/reading.h"
#include "dmb/battery/value.h"
#include "raw_value.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace dmb {

/// What a source of a map told last of one item.
struct SourceValue {
  OptValue value = {};    ///< nullopt: unknown, or unusable
  bool bad = false;       ///< unusable; `what` says why
  std::string what = {};  ///< of a bad one
  bool retained = false;  ///< told by a message of unknown age
  bool in_force = false;  ///< nobody has said since that the battery is gone
  Instant heard_at{};
  RawValue::Kind raw_kind = RawValue::Kind::unknown;
  double raw_number = 0;
  std::string raw_text = {};  ///< cut

  /// For people: printable and short.
  std::string raw() const;
};

/// What all sources of a map told. A source is named by its running number.
class SourceValues {
 public:
  using Key = std::pair<std::size_t, Quantity>;

  /// After which time a value counts no more beside those of other sources; nullopt: never.
  void set_timeout(std::optional<std::chrono::seconds> timeout) { timeout_ = timeout; }

  /// `read` holds what `raw` amounts to for the item. A retained message does not replace what a
  /// live one told that still counts.
  void tell(Key key, const RawValue& raw, const Reading& read, bool retained, Instant now);
  /// What the sources first … first + count - 1 amount to together for `id`, when one of them was
  /// told just now: the highest of those that are known and count, of what limits the battery the
  /// lowest. What was retained does not count beside a live message, but for alarms and limits.
  void join(std::size_t first, std::size_t count, Quantity id, bool retained, Instant now,
            Reading& out) const;

  /// The source said that there is no battery: what was told counts no more.
  void void_all();
  void clear() { values_.clear(); }

  /// Calls `found` for each item that the source told of, in their order.
  void for_each_of(std::size_t source,
                   const std::function<void(Quantity, const SourceValue&)>& found) const;
  /// Whether nothing was told by it.
  bool is_silent(std::size_t source) const;

 private:
  bool counts(const SourceValue& value, Instant now) const {
    return value.in_force && (!timeout_ || now - value.heard_at < *timeout_);
  }

  std::map<Key, SourceValue> values_;
  std::optional<std::chrono::seconds> timeout_;
};

}  // namespace dmb
