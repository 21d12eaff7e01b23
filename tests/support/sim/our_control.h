// SPDX-License-Identifier: MIT
#pragma once

#include "closed_loop.h"
#include "dmb/control/charge_control.h"
#include "dmb/control/guard.h"

#include <optional>
#include <vector>

namespace dmb::sim {

/// LFP cells, with what all contenders may charge with.
ChargeRules our_rules();

/// The charge control over all packs and the guard behind it, as a device has them.
class OurControl final : public Controller {
 public:
  /// `soc_percent` as the BMS believes it at the start, right or not.
  OurControl(ChargeRules rules, double soc_percent);

  Answer update(const Seen& seen) override;
  /// With memory() and resume(), as of a state file.
  void restart(double now_s) override;
  /// Votes of others than the charge control, from the next update() on.
  void set_other_votes(std::vector<Vote> votes) { other_votes_ = std::move(votes); }
  void set_soc_percent(double soc_percent) { soc_percent_ = soc_percent; }

  const ChargeControl& control() const { return control_; }
  const LimitState& shown() const { return guard_.state(); }

 private:
  /// What is known of packs that told something in the last minute.
  struct Known {
    std::vector<PackCells> packs;
    std::optional<double> voltage_v;
    std::optional<double> current_a;
    double capacity_ah = 0;
    std::optional<Instant> told_at;
  };
  Known look(const Seen& seen) const;
  void count(const Known& known, double now_s);

  ChargeRules rules_;
  ChargeControl control_;
  Guard guard_;
  std::vector<Vote> other_votes_;
  double soc_percent_;
  std::optional<double> counted_s_;
  std::optional<double> last_voltage_v_;
};

/// With that of the chargers' voltage known only where the scenario says so.
Contender our_control();

}  // namespace dmb::sim
