// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/bank_hints.h"
#include "dmb/bank/member_news.h"
#include "dmb/battery/reading.h"
#include "dmb/control/manual.h"
#include "dmb/device/message_fault.h"

#include <chrono>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace dmb {

/// What happens to a device. Everything referred to needs to live only as long as the call.
namespace event {

/// All that is known of a bank's members at one moment, and what of it is new.
struct Members {
  std::span<const WatchedMember> all;
  const MemberNews& news;
  bool looked_round = true;  ///< everybody who was there at the start has answered, or did not
};

/// What is beside a bank's members; for BankDevice::asks_around().
struct LookedAround {
  const Surroundings& around;
};

// Of a battery whose messages come from a broker. `retained`: stored by it, of unknown age.

/// A message was decoded; one that lacks what is required as well.
struct Message {
  std::string_view topic;
  bool retained = false;
  const Reading& reading;
};
/// Values of a battery that tells them on many topics, as far as they came together.
struct Values {
  const Reading& reading;
  bool retained = false;
  bool is_life = false;           ///< a sign of life, provided that all that is required is known
  bool required_unknown = false;  ///< one that is required was told without a usable value
};
/// A message is of another battery than the one whose topics are read.
struct OtherTopic {
  std::string_view topic;
};
/// A message could not be used at all.
struct Rejected {
  std::string_view topic;
  bool retained = false;
  MessageFault fault = MessageFault::not_json;
  std::string_view what;  ///< for people
};
/// The source says that there is no battery any more.
struct Gone {
  std::string_view topic;
  bool retained = false;
};
/// A Venus broker's sign of life.
struct Heartbeat {
  bool retained = false;
};
/// There is a new connection to the broker.
struct Connected {};

/// What a person wants from now on.
struct Wishes {
  const ManualWishes& manual;
  const std::set<std::string>& switched_off;  ///< ids of members of a bank
};
/// It is to be charged full once, by its charge control, or not any more.
struct FullCharge {
  bool is_wanted = true;
};

/// What day it is, for what goes by seasons and days; nullopt: the clock is not set.
struct Today {
  std::optional<std::chrono::sys_days> date;
};

}  // namespace event

using Event = std::variant<event::Members, event::LookedAround, event::Message, event::Values,
                           event::OtherTopic, event::Rejected, event::Gone, event::Heartbeat,
                           event::Connected, event::Wishes, event::FullCharge, event::Today>;

}  // namespace dmb
