// SPDX-License-Identifier: MIT
#pragma once

#include "pack.h"

#include <optional>
#include <span>
#include <vector>

namespace dmb::sim {

struct SiteSpec {
  std::vector<PackSpec> packs;
  double chargers_a = 140;  ///< of all solar chargers
  double charger_wire_ohm = 0.001;
  double charger_a_per_s = 20;  ///< they do not rise faster
  bool feed_in = false;         ///< DC-coupled, into the grid
  double feed_in_a = 60;        ///< what the inverter can take for it
  /// The inverter then draws the battery, too, down to CVL; else only as much as the loads take.
  bool drains_to_cvl = false;
  double charge_offset_v = 0.4;  ///< solar chargers go above CVL by it when feed-in is on
};

/// What the battery asks for, as on the bus.
struct Limits {
  double cvl_v = 0;
  double ccl_a = 0;
  double dcl_a = 0;
  bool operator==(const Limits&) const = default;
};

struct Weather {
  double sun_w = 0;  ///< that the panels could give
  double load_w = 0;
  double ambient_c = 20;
};

/// Packs in parallel, solar chargers that obey DVCC, loads. DVCC reads the limits every 3 s; with
/// feed-in the chargers' current limit is lifted whatever CCL says, and what the battery does not
/// take at CVL goes to the grid.
class Site {
 public:
  explicit Site(const SiteSpec& spec);

  void set_feed_in(bool on) { spec_.feed_in = on; }
  void step(const Limits& published, const Weather& weather, double step_s);

  std::span<const Pack> packs() const { return packs_; }
  std::span<Pack> packs() { return packs_; }
  double bus_v() const { return bus_v_; }
  double current_a() const { return current_a_; }  ///< into all packs
  double sun_a() const { return sun_a_; }
  /// At the chargers' end of their wire.
  double charger_v() const { return bus_v_ + sun_a_ * spec_.charger_wire_ohm; }
  double fed_in_a() const { return fed_in_a_; }
  /// Sun that the chargers had to leave, or that went to the grid.
  double not_taken_wh() const { return not_taken_wh_; }
  double fed_in_wh() const { return fed_in_wh_; }
  double highest_cell_v() const;

 private:
  double wanted_a(const Weather& weather, double step_s);
  double held_a(double load_a) const;

  SiteSpec spec_;
  std::vector<Pack> packs_;
  std::optional<Limits> limits_;  ///< as DVCC read them last
  double since_read_s_ = 0;
  double bus_v_ = 0;
  double current_a_ = 0;
  double sun_a_ = 0;
  double fed_in_a_ = 0;
  double not_taken_wh_ = 0;
  double fed_in_wh_ = 0;
};

}  // namespace dmb::sim
