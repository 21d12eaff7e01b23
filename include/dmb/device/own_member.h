// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/member_news.h"
#include "dmb/battery/item_values.h"

#include <string>

namespace dmb {

/// Who a battery of this process is to the banks that it belongs to.
struct OwnIdentity {
  std::string id;       ///< the same after a restart: what is remembered goes by it
  std::string service;  ///< its bus name; empty: it is not on the bus
  std::string name;     ///< for people
};

/// A battery of this process as a member of a bank: what its device shows, without the way over the
/// bus. Its place is the caller's to set. Where it tells no coldest and hottest cell, they are
/// those of its sensors.
WatchedMember own_member(const ItemValues& values, OwnIdentity identity);

/// What the device shows now into what own_member() made. Returns whether that changed anything;
/// copies nothing else.
bool update_own_member(const ItemValues& values, WatchedMember& member);

}  // namespace dmb
