// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace dmb {

/// What of ours lies on the broker that is published to, and must be known after a restart: to be
/// removed when nothing is published any more, to be announced as before where it is.
struct PublishMemory {
  std::string broker = {};  ///< "host:port"; empty: not known
  /// With a retained message of ours.
  std::set<std::string, std::less<>> topics = {};
  /// What is announced of each battery, by the last part of its bus name; in the order of the
  /// table.
  std::map<std::string, std::vector<Quantity>, std::less<>> announced = {};

  bool empty() const { return topics.empty() && announced.empty(); }
  bool operator==(const PublishMemory&) const = default;
};

}  // namespace dmb
