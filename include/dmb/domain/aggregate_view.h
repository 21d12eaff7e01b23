// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/item_values.h"
#include "dmb/domain/aggregate.h"
#include "dmb/domain/virtual_bms.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dmb {

// How an aggregate looks on the bus. `values` is indexed by
// quantity_specs().

/// Every item an aggregate has, invalid as yet. No limit and no /Io item: a monitor must not have
/// them: the mere path changes which battery systemcalc selects.
void create_aggregate_items(ItemValues& values);

struct MemberCount {
  std::size_t online = 0;
  std::size_t offline = 0;  ///< seen since start and gone
};
/// Who the members are.
void show_members(MemberCount count, std::string tracked_services, ItemValues& values);
/// What they tell together.
void show_aggregate(const Aggregate& bank, ItemValues& values);

/// Limits, flags and reasons of the virtual BMS.
void show_bms(const BmsOutput& bms, ItemValues& values);

/// What a BMS shows in its last ten seconds.
struct FailSafe {
  std::string_view reason;                     ///< for people
  std::optional<double> max_charge_voltage_v;  ///< nullopt: as it stands
  bool stop_discharge = false;                 ///< else the limit stays as it stands
  bool nobody_heard = true;                    ///< measurements turn invalid, the cable alarm comes
};
/// CVL as given, CCL 0, DCL as it stands or 0.
void show_fail_safe(const FailSafe& fail_safe, ItemValues& values);

}  // namespace dmb
