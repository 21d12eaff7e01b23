// SPDX-License-Identifier: MIT
#pragma once

#include "sensors.h"
#include "site.h"

#include <optional>
#include <string>

namespace dmb::sim {

/// What a battery with a BMS says beside its values.
struct Wishes {
  Limits limits;
  std::string mode;  ///< "Bulk", "Absorption", "Float Transition", "Float"
  double soc_percent = 0;
};

/// A limit of current that falls late by little, at once by much, and rises after a pause.
class PacedLimit {
 public:
  explicit PacedLimit(double max_a) : max_a_(max_a), shown_a_(max_a) {}
  double follow(double wanted_a, double now_s);

 private:
  double max_a_;
  double shown_a_;
  double changed_s_ = 0;
  std::optional<double> clear_since_s_;  ///< more is allowed than is shown
  double followed_s_ = 0;
};

struct SerialBmsSettings {
  double min_cell_v = 2.90;
  double max_cell_v = 3.45;
  double float_cell_v = 3.375;
  double max_charge_a = 50;
  double max_discharge_a = 60;
  double to_float_after_s = 900;
  double to_float_spread_v = 0.010;
  double to_float_deviation_v = 0.003;
  double to_bulk_soc_percent = 80;
  double to_bulk_spread_v = 0.080;
  double voltage_drop_v = 0;
  double start_soc_percent = 50;  ///< what its counter says at the start, right or not
};

/// The charge algorithm of the serial battery driver for one pack of LFP cells, as publicly
/// described: CVL less what single cells are above their maximum ("P"), 15 min at the maximum with
/// cells alike, then float by a ramp; currents by curves of cell voltage and temperature.
class SerialBms {
 public:
  explicit SerialBms(const SerialBmsSettings& settings)
      : settings_(settings),
        charge_(settings.max_charge_a),
        discharge_(settings.max_discharge_a),
        soc_percent_(settings.start_soc_percent) {}

  Wishes update(const Measured& measured, double now_s);

 private:
  void count(const Measured& measured, double passed_s);
  void advance(double sum_v, double spread_v, double full_v, double now_s);
  void hold_cells(const std::vector<double>& cells_v, double full_v, double now_s, double passed_s);
  void ramp_to_float(double float_v, double passed_s);
  double charge_part(const Measured& measured, double highest_v) const;
  double discharge_part(const Measured& measured, double lowest_v) const;

  SerialBmsSettings settings_;
  PacedLimit charge_;
  PacedLimit discharge_;
  double soc_percent_;
  bool max_allowed_ = true;
  std::optional<double> full_since_s_;
  std::optional<double> cvl_v_;
  double reduced_s_ = 0;
  std::optional<double> updated_s_;
  std::string mode_ = "Bulk";
};

}  // namespace dmb::sim
