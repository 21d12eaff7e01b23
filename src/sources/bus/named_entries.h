// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/shunt_selection.h"
#include "sources/bus/battery_watcher.h"

#include <set>
#include <string>
#include <vector>

namespace dmb {

/// Which entries of exclude_shunts and include_shunts have named something so far.
class NamedEntries {
 public:
  /// `rules` must outlive it.
  explicit NamedEntries(const WatchRules& rules) : rules_(rules) {}

  void note(const ServiceIdentity& identity) {
    for (const auto* list : {&rules_.excluded, &rules_.included})
      for (const std::string& entry : *list)
        if (is_named(identity, entry)) matched_.insert(entry);
  }

  std::vector<std::string> unmatched() const {
    std::vector<std::string> entries;
    for (const auto* list : {&rules_.excluded, &rules_.included})
      for (const std::string& entry : *list)
        if (!matched_.contains(entry)) entries.push_back(entry);
    return entries;
  }

  void start_over() { matched_.clear(); }

 private:
  const WatchRules& rules_;
  std::set<std::string> matched_;
};

}  // namespace dmb
