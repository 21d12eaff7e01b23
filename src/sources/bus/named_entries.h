// SPDX-License-Identifier: MIT
#pragma once

#include "member_rules.h"

#include <set>
#include <string>
#include <vector>

namespace dmb {

/// Which entries of the rules have named something so far.
class NamedEntries {
 public:
  /// `rules` must outlive it.
  explicit NamedEntries(const WatchRules& rules) : rules_(rules) {}

  void note(const ServiceIdentity& identity) {
    for (const std::string& entry : member_rules::entries(rules_))
      if (member_rules::is_meant(identity, entry, rules_)) matched_.insert(entry);
  }

  std::vector<std::string> unmatched() const {
    std::vector<std::string> entries = member_rules::entries(rules_);
    std::erase_if(entries, [this](const std::string& entry) { return matched_.contains(entry); });
    return entries;
  }

  void start_over() { matched_.clear(); }

 private:
  const WatchRules& rules_;
  std::set<std::string> matched_;
};

}  // namespace dmb
