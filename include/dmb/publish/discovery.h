// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity.h"
#include "dmb/publish/topics.h"

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace dmb {

/// Whether Home Assistant is told of it at all.
bool is_offered(const ItemSpec& item);

/// A battery as Home Assistant is told of it.
struct AnnouncedDevice {
  std::string_view id;  ///< last part of its bus name; what Home Assistant knows it by comes of it
  std::string_view name;     ///< for people
  std::string_view model;    ///< empty: not known
  std::string_view version;  ///< of this daemon
  /// After so long without a state its values are not available.
  std::chrono::seconds expire_after{30};
};

/// Home Assistant's device-based discovery of a battery whose state_message() goes to
/// `topics`.state(): an entity for each of `items`, as the table of quantities says. An entity's
/// unique id is made of the client, the battery's id and the path: never of a name.
std::string discovery_message(const AnnouncedDevice& device, std::span<const Quantity> items,
                              const PublishTopics& topics);

}  // namespace dmb
