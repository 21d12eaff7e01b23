// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/member_choice.h"
#include "sources/bus/battery_watcher.h"

#include <string>
#include <string_view>
#include <vector>

/// What the rules of a watcher say, whether they are a bank's or of the SmartShunts.
namespace dmb::member_rules {

Chosen judge(const ServiceIdentity& identity, const WatchRules& rules);

/// Whether what it tells later may make it a member, so that its signals are still worth following.
bool may_change(Membership membership, const WatchRules& rules);

/// Whether it is out by a rule, not by its silence, and not merely until it says what it is.
bool is_out(Membership before, Membership now);

/// Entries that are to name services; those that name batteries of this process are not among them.
std::vector<std::string> entries(const WatchRules& rules);
bool is_meant(const ServiceIdentity& identity, std::string_view entry, const WatchRules& rules);

/// Why it does not count, with what to do about it; empty: that is not worth a line.
std::string_view why_not(Membership membership);

}  // namespace dmb::member_rules
