// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/bank_hints.h"
#include "dmb/bank/member_news.h"
#include "dmb/battery/value.h"
#include "dmb/codec/state_text.h"
#include "dmb/control/manual.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace dmb::record {

// What stands in a recording: all that reached the devices, in its order, and what they decided.
// Whoever hands the same to the same devices gets the same decisions. `device` is the service name
// of the battery or bank ("mqtt_battery", "aggregate_shunts").

/// The first line of each part of a recording.
struct Began {
  std::string version;           ///< of the program
  std::int64_t wall_time_s = 0;  ///< of this moment, since 1970; by a clock that may be wrong
  /// Counts from 0 in the parts of one recording.
  std::int64_t part = 0;
  /// What follows up to CaughtUp stands for the parts before, for who has them not.
  bool catches_up = false;
};
struct CaughtUp {};

/// The config that is loaded from now on, masked, and the texts of the presets that it names.
struct ConfigLoaded {
  std::string text;
  std::map<std::string, std::string> presets;
};

// --- Of devices ---

struct Created {
  std::string device;
  bool is_bank = false;
};
/// It goes by the new config from now on, maybe under another name.
struct Changed {
  std::string was;
  std::string device;
};
struct Ended {
  std::string device;
};
/// It goes on as remembered; of `memory` only what is its own.
struct Resumed {
  std::string device;
  State memory;
};

// --- What came in ---

/// A message of the broker, for every battery whose topics fit.
struct MessageCame {
  std::string topic;
  std::string payload;
  bool retained = false;
  Instant arrived;
};
/// One that was too large.
struct OversizedCame {
  std::string topic;
  std::size_t size_bytes = 0;
};
/// There is a new connection to the broker.
struct BrokerConnected {
  std::string device;
};
/// What waited for the rest of a burst has waited long enough.
struct BurstsEnded {
  std::string device;
};
/// event::Members: those that are new, by index; all of them, in their order, with `news.all`.
struct MembersCame {
  std::string device;
  bool all = true;
  std::vector<std::pair<std::size_t, WatchedMember>> members;
  std::vector<std::string> forgotten;
  bool looked_round = true;
};
struct LookedAround {
  std::string device;
  Surroundings around;
};
struct WishesCame {
  std::string device;
  ManualWishes manual;
  std::set<std::string> switched_off;
};
struct FullChargeCame {
  std::string device;
  bool is_wanted = true;
};
struct TodayCame {
  std::string device;
  std::optional<std::chrono::sys_days> date;
};
/// A missing member that is not missed any more, by what somebody called it.
struct MemberForgotten {
  std::string device;
  std::string name;
};
struct SensorsForgotten {
  std::string device;
};
struct Redetected {
  std::string device;
};

// --- What came of it ---

/// The device was asked what it shows: Device::view().
struct Viewed {
  std::string device;
};

/// One limit as it goes out; its value is nullopt where the item is invalid.
struct DecidedLimit {
  std::optional<double> value;
  std::string why;
  bool operator==(const DecidedLimit&) const = default;
};
/// What a device decided, each time that it is something else. nullopt: there is no such limit.
struct Decision {
  bool is_present = false;  ///< on the bus, or it would be were it not hidden
  std::optional<DecidedLimit> max_charge_voltage_v;
  std::optional<DecidedLimit> max_charge_current_a;
  std::optional<DecidedLimit> max_discharge_current_a;
  bool operator==(const Decision&) const = default;
};
struct Decided {
  std::string device;
  Decision decision;
};

/// So many lines are missing here: they came faster than they could be written.
struct Gap {
  std::size_t lines = 0;
};

using What = std::variant<Began, CaughtUp, ConfigLoaded, Created, Changed, Ended, Resumed,
                          MessageCame, OversizedCame, BrokerConnected, BurstsEnded, MembersCame,
                          LookedAround, WishesCame, FullChargeCame, TodayCame, MemberForgotten,
                          SensorsForgotten, Redetected, Viewed, Decided, Gap>;

/// `at`: time of the turn of the loop, by a clock that nobody can set.
struct Line {
  Instant at;
  What what;
};

}  // namespace dmb::record
