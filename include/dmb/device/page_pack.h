// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/member.h"
#include "dmb/battery/item_values.h"
#include "dmb/battery/sparse_values.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

namespace dmb {

/// Numbers of cells, 1 … kMaxCells, and what is known of each.
using ByCell = std::map<int, double>;

/// What the page of cells shows of one battery.
struct PagePack {
  std::string id;    ///< tells it from others, also after it comes back
  std::string name;  ///< for people
  std::optional<double> capacity_ah = {};
  std::optional<double> voltage_v = {};
  std::optional<double> current_a = {};
  std::optional<double> temperature_c = {};
  std::optional<std::int32_t> status = {};  ///< bits as the page reads them
  std::optional<int> cells = {};            ///< as its BMS counts them, or as many as are told
  ByCell cells_v = {};
  ByCell cells_c = {};
};

/// The single cells that a battery tells.
ByCell cells_of(const ItemValues& values);
ByCell cells_of(const SparseValues& others);
/// Batteries in series: those of `next` get the numbers after those of `cells`.
void append_cells(ByCell& cells, const ByCell& next);

/// `cells_v`: its single cells. Of one that tells extremes only those are known, where it says
/// which cells they are.
PagePack page_pack_of(const MemberSnapshot& battery, ByCell cells_v);
/// What the display's page "System" calls the balancing of all batteries together.
enum class BalancerStatus : std::uint8_t { balanced = 1, balancing = 2, imbalance = 3 };
/// The worst of them; balanced only where each of them says so, nullopt where nobody knows.
std::optional<BalancerStatus> balancer_status_of(std::span<const PagePack> packs);
/// A battery by itself.
PagePack page_pack_of(const ItemValues& values, const std::string& id, const std::string& name);

}  // namespace dmb
