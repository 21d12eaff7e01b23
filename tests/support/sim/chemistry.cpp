// SPDX-License-Identifier: MIT
#include "chemistry.h"

#include <array>

namespace dmb::sim {
namespace {

// The two plateaus lie as in the table for A123 cells of davidmcq137/JetiLuaDFM
// (DFM-InsP/A123.lua), rounded. Above 98 % and when overcharged the voltage rises as steeply as
// large LFP cells do at the end of a charge: a shape, not a measurement.
constexpr std::array<Point, 16> kLfpVolts{{{0, 2.50},
                                           {0.01, 2.90},
                                           {0.05, 3.10},
                                           {0.10, 3.18},
                                           {0.20, 3.23},
                                           {0.30, 3.26},
                                           {0.50, 3.285},
                                           {0.65, 3.295},
                                           {0.70, 3.315},
                                           {0.90, 3.33},
                                           {0.96, 3.335},
                                           {0.985, 3.36},
                                           {0.995, 3.40},
                                           {1.00, 3.46},
                                           {1.01, 3.60},
                                           {1.04, 4.20}}};

// Thinned from the pseudo-OCV of a Molicel P42A and a Samsung INR21700 (soorajsunil/
// Piecewise-Battery-OCV); overcharge extended.
constexpr std::array<Point, 11> kNmcVolts{{{0, 2.60},
                                           {0.03, 3.15},
                                           {0.10, 3.38},
                                           {0.25, 3.55},
                                           {0.45, 3.69},
                                           {0.60, 3.83},
                                           {0.75, 3.98},
                                           {0.90, 4.08},
                                           {0.96, 4.13},
                                           {1.00, 4.19},
                                           {1.10, 4.50}}};

// No measured table was at hand: a plateau at the nominal 2.3 V between the limits that makers of
// these cells state, 1.5 and 2.8 V.
constexpr std::array<Point, 8> kLtoVolts{{{0, 1.50},
                                          {0.03, 2.00},
                                          {0.10, 2.15},
                                          {0.50, 2.27},
                                          {0.80, 2.38},
                                          {0.95, 2.50},
                                          {1.00, 2.70},
                                          {1.05, 3.00}}};

// Rough factors: resistance about doubles near empty, and from 25 °C to 0 °C, less so for LTO.
constexpr std::array<Point, 5> kBySoc{{{0, 2.0}, {0.1, 1.2}, {0.2, 1.0}, {0.95, 1.0}, {1.0, 1.3}}};
constexpr std::array<Point, 4> kByC{{{-20, 5.0}, {0, 2.2}, {25, 1.0}, {45, 0.8}}};
constexpr std::array<Point, 4> kLtoByC{{{-20, 2.5}, {0, 1.5}, {25, 1.0}, {45, 0.9}}};

constexpr Chemistry kLfp{.open_circuit_v = Curve(kLfpVolts),
                         .resistance_by_soc = Curve(kBySoc),
                         .resistance_by_c = Curve(kByC)};
constexpr Chemistry kNmc{.open_circuit_v = Curve(kNmcVolts),
                         .resistance_by_soc = Curve(kBySoc),
                         .resistance_by_c = Curve(kByC)};
constexpr Chemistry kLto{.open_circuit_v = Curve(kLtoVolts),
                         .resistance_by_soc = Curve(kBySoc),
                         .resistance_by_c = Curve(kLtoByC)};

}  // namespace

const Chemistry& lfp() {
  return kLfp;
}
const Chemistry& li_ion_nmc() {
  return kNmc;
}
const Chemistry& lto() {
  return kLto;
}

}  // namespace dmb::sim
