// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/control/charge_rules.h"

#include <array>
#include <string_view>

namespace dmb {

/// A key of a [CHARGE CONTROL] section that is a number.
struct ChargeNumberKey {
  std::string_view key;
  double ChargeRules::*number;
  std::string_view unit;  ///< that may stand behind it
};
inline constexpr std::array kChargeNumbers{
    ChargeNumberKey{"max_charge_current", &ChargeRules::max_charge_current_a, "A"},
    ChargeNumberKey{"max_discharge_current", &ChargeRules::max_discharge_current_a, "A"},
    ChargeNumberKey{"cell_full", &ChargeRules::cell_full_v, "V"},
    ChargeNumberKey{"cell_float", &ChargeRules::cell_float_v, "V"},
    ChargeNumberKey{"cell_empty", &ChargeRules::cell_empty_v, "V"},
    ChargeNumberKey{"cell_never_above", &ChargeRules::cell_never_above_v, "V"},
    ChargeNumberKey{"tail_current", &ChargeRules::tail_current_percent, "%"},
    ChargeNumberKey{"bulk_again_soc", &ChargeRules::bulk_again_soc_percent, "%"},
    ChargeNumberKey{"bulk_again_spread", &ChargeRules::bulk_again_spread_v, "V"},
    ChargeNumberKey{"balance_cell", &ChargeRules::balance_cell_v, "V"},
    ChargeNumberKey{"charge_to_soc", &ChargeRules::charge_to_soc_percent, "%"},
};

/// One that is a curve.
struct ChargeCurveKey {
  std::string_view key;
  Curve ChargeRules::*curve;
  std::string_view example = {};  ///< of one that may be none
};
inline constexpr std::array kChargeCurves{
    ChargeCurveKey{"charge_by_cell", &ChargeRules::charge_by_cell},
    ChargeCurveKey{"discharge_by_cell", &ChargeRules::discharge_by_cell},
    ChargeCurveKey{"charge_by_temperature", &ChargeRules::charge_by_temperature},
    ChargeCurveKey{"discharge_by_temperature", &ChargeRules::discharge_by_temperature},
    ChargeCurveKey{"charge_by_mosfet", &ChargeRules::charge_by_mosfet},
    ChargeCurveKey{"discharge_by_mosfet", &ChargeRules::discharge_by_mosfet, "70:100 90:0"},
    ChargeCurveKey{"charge_by_soc", &ChargeRules::charge_by_soc, "90:100 98:10"},
    ChargeCurveKey{"discharge_by_soc", &ChargeRules::discharge_by_soc, "5:10 20:100"},
};

}  // namespace dmb
