// SPDX-License-Identifier: MIT
#include "site.h"

#include "wiring.h"

#include <algorithm>

namespace dmb::sim {
namespace {

constexpr double kBetweenReadsS = 3;

}  // namespace

Site::Site(const SiteSpec& spec) : spec_(spec) {
  for (const PackSpec& pack : spec.packs) packs_.emplace_back(pack);
  bus_v_ = voltage_at(packs_, 0).value();
}

/// The chargers' current as far as sun and limits of current let them.
double Site::wanted_a(const Weather& weather, double step_s) {
  const double load_a = weather.load_w / bus_v_;
  const double allowed_a = spec_.feed_in ? spec_.chargers_a : limits_->ccl_a + load_a;
  return std::min({weather.sun_w / bus_v_, spec_.chargers_a, allowed_a,
                   sun_a_ + spec_.charger_a_per_s * step_s});
}

/// The packs' current at which the chargers hold their charge voltage.
double Site::held_a(double load_a) const {
  const double charger_v = limits_->cvl_v + (spec_.feed_in ? spec_.charge_offset_v : 0);
  return held_current_a(packs_, charger_v, spec_.charger_wire_ohm, load_a);
}

void Site::step(const Limits& published, const Weather& weather, double step_s) {
  since_read_s_ += step_s;
  if (!limits_ || since_read_s_ >= kBetweenReadsS) {
    limits_ = published;
    since_read_s_ = 0;
  }
  const double load_a = std::min(weather.load_w / bus_v_, sun_a_ + limits_->dcl_a);
  sun_a_ = wanted_a(weather, step_s);
  fed_in_a_ = 0;
  if (spec_.feed_in) {
    // The inverter takes of the sun what would lift the battery above CVL.
    const double at_cvl_a = current_at(packs_, limits_->cvl_v);
    const double taken_a = spec_.drains_to_cvl ? at_cvl_a : std::max(at_cvl_a, -load_a);
    const double most_a = spec_.drains_to_cvl ? spec_.feed_in_a : std::min(sun_a_, spec_.feed_in_a);
    fed_in_a_ = std::clamp(sun_a_ - load_a - taken_a, 0.0, most_a);
  }
  const double drawn_a = load_a + fed_in_a_;
  sun_a_ = std::clamp(held_a(drawn_a) + drawn_a, 0.0, sun_a_);
  if (!spec_.drains_to_cvl) fed_in_a_ = std::min(fed_in_a_, sun_a_);
  const double net_a = std::max(sun_a_ - fed_in_a_ - load_a, -limits_->dcl_a);
  const auto bus_v = voltage_at(packs_, net_a);
  if (bus_v) bus_v_ = *bus_v;
  current_a_ = 0;
  for (Pack& pack : packs_) {
    const double pack_a = bus_v ? current_at(pack, bus_v_) : 0;
    current_a_ += pack_a;
    pack.step(pack_a, weather.ambient_c, step_s);
  }
  const double left_w = weather.sun_w - std::max(sun_a_ - fed_in_a_, 0.0) * bus_v_;
  fed_in_wh_ += fed_in_a_ * bus_v_ * step_s / 3600;
  not_taken_wh_ += std::max(left_w, 0.0) * step_s / 3600;
}

double Site::highest_cell_v() const {
  double highest_v = 0;
  for (const Pack& pack : packs_) highest_v = std::max(highest_v, pack.highest_cell_v());
  return highest_v;
}

}  // namespace dmb::sim
