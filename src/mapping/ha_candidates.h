// SPDX-License-Identifier: MIT
#pragma once

#include "candidate.h"
#include "dmb/mapping/ha_discovery.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// The entities of batteries that were announced to Home Assistant. Bounded.
class HaEntities {
 public:
  /// A config message. False: there is no room for all of it.
  bool receive(std::string_view topic, std::string_view payload);
  /// Whether an entity's value comes on this topic.
  bool is_told_on(std::string_view topic) const { return topics_.contains(topic); }
  /// The devices that have something of a battery.
  std::vector<Candidate> candidates(const HeardTopics& heard) const;

 private:
  struct Device {
    std::string name;
    std::map<std::string, HaEntity> entities;  ///< by the topic that announced it, and its id
  };

  std::map<std::string, Device> devices_;
  std::set<std::string, std::less<>> topics_;
  std::size_t entities_ = 0;
};

}  // namespace dmb
