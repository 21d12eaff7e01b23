// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/mapping/intake.h"
#include "map_lines.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dmb::test {

using Out = MapIntake::Out;
using Outs = std::vector<Out>;

/// Plays messages to a map, at a time of its own.
class MapPlayer {
 public:
  explicit MapPlayer(std::string_view map, IntakeRules rules = {})
      : MapPlayer(parse_own(map).map, std::move(rules)) {}
  explicit MapPlayer(Map map, IntakeRules rules = {}) : intake_(std::move(map), std::move(rules)) {}

  Outs live(std::string_view topic, std::string_view payload) {
    return hear(topic, payload, false);
  }
  Outs retained(std::string_view topic, std::string_view payload) {
    return hear(topic, payload, true);
  }
  Outs after(std::chrono::milliseconds pause) {
    now_ += pause;
    return intake_.take(now_);
  }
  /// To the end of the burst.
  Outs end() { return after(kBurst); }
  /// One message, and what comes of it in the end.
  Outs alone(std::string_view topic, std::string_view payload) {
    Outs outs = live(topic, payload);
    for (Out& out : end()) outs.push_back(std::move(out));
    return outs;
  }

  MapIntake& intake() { return intake_; }
  Instant now() const { return now_; }

 private:
  Outs hear(std::string_view topic, std::string_view payload, bool retained) {
    intake_.receive(topic, payload, retained, now_);
    return intake_.take(now_);
  }

  MapIntake intake_;
  Instant now_{std::chrono::seconds(1000)};
};

inline const Reading::Field* field(const Out& out, Quantity id) {
  return out.reading.find(id);
}

/// The value told of an item; nullopt: not told, or told without one.
inline OptValue value(const Out& out, Quantity id) {
  const Reading::Field* found = field(out, id);
  return found != nullptr ? found->value : std::nullopt;
}

inline std::optional<double> number(const Out& out, Quantity id) {
  const OptValue found = value(out, id);
  if (!found) return std::nullopt;
  if (const auto* d = std::get_if<double>(&*found)) return *d;
  if (const auto* i = std::get_if<std::int32_t>(&*found)) return *i;
  return std::nullopt;
}

}  // namespace dmb::test
