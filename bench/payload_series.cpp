// SPDX-License-Identifier: MIT
#include "payload_series.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace dmb::bench {

namespace {

constexpr int kCells = 24;
constexpr int kPeriod = 50;  // then the values start anew; far longer than any two compared

double rounded(double value, double resolution) {
  return std::round(value / resolution) * resolution;
}

void vary_cells(nlohmann::json& payload, int step) {
  for (int cell = 1; cell <= kCells; ++cell) {
    payload["Voltages"]["Cell" + std::to_string(cell)] =
        rounded(3.2 + 0.001 * (step + cell), 0.001);
  }
  payload["System"]["MinCellVoltage"] = rounded(3.2 + 0.001 * (step + 1), 0.001);
  payload["System"]["MaxCellVoltage"] = rounded(3.2 + 0.001 * (step + kCells), 0.001);
}

}  // namespace

std::vector<std::string> payload_series(const std::string& seed, int first_marker, int count) {
  auto payload = nlohmann::json::parse(seed);
  std::vector<std::string> series;
  series.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const int step = (first_marker + i) % kPeriod;
    payload["Dc"]["Power"] = first_marker + i;
    payload["Dc"]["Voltage"] = rounded(52 + 0.01 * step, 0.01);
    payload["Dc"]["Current"] = rounded(6 + 0.1 * step, 0.1);
    payload["Dc"]["Temperature"] = rounded(20 + 0.1 * step, 0.1);
    payload["Soc"] = 40 + step;
    payload["ConsumedAmphours"] = rounded(70 + 0.1 * step, 0.1);
    payload["Capacity"] = rounded(130 - 0.1 * step, 0.1);
    vary_cells(payload, step);
    series.push_back(payload.dump());
  }
  return series;
}

}  // namespace dmb::bench
