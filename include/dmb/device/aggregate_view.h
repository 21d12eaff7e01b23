// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/aggregate.h"
#include "dmb/battery/item_values.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dmb {

// How an aggregate looks on the bus. `values` is indexed by
// quantity_specs().

/// What a bank is made of.
enum class BankOf : std::uint8_t {
  shunts,     ///< battery monitors
  batteries,  ///< of any kind: with cells, modules, alarms of a BMS
};

/// Every item an aggregate has, invalid as yet. No limit and nothing that a BMS allows: a monitor
/// must not have them: the mere path changes which battery systemcalc selects.
void create_aggregate_items(BankOf members, ItemValues& values);

struct MemberCount {
  std::size_t online = 0;
  std::size_t offline = 0;  ///< seen since start and gone
};
/// Who the members are.
void show_members(MemberCount count, std::string tracked_services, ItemValues& values);
/// What they tell together.
void show_aggregate(const Aggregate& bank, ItemValues& values);

/// Nobody is heard: measurements turn invalid, the cable alarm comes.
void show_nobody(ItemValues& values);

}  // namespace dmb
