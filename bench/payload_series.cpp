// SPDX-License-Identifier: MIT
#include "payload_series.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace dmb::bench {

namespace {

using nlohmann::json;

constexpr int kCells = 24;
constexpr int kPeriod = 50;  // then the values start anew; far longer than any two compared

double rounded(double value, double resolution) {
  return std::round(value / resolution) * resolution;
}

void vary(json& object, const std::string& key, double value) {
  if (object.contains(key) && object[key].is_number()) object[key] = value;
}

void vary_cells(json& payload, int step) {
  json& voltages = payload["Voltages"];
  for (int cell = 1; cell <= kCells; ++cell)
    vary(voltages, "Cell" + std::to_string(cell), rounded(3.2 + 0.001 * (step + cell), 0.001));
  vary(payload["System"], "MinCellVoltage", rounded(3.2 + 0.001 * (step + 1), 0.001));
  vary(payload["System"], "MaxCellVoltage", rounded(3.2 + 0.001 * (step + kCells), 0.001));
}

void vary_all(json& payload, int marker) {
  const int step = marker % kPeriod;
  json& dc = payload["Dc"].contains("0") ? payload["Dc"]["0"] : payload["Dc"];
  dc["Power"] = marker;
  vary(dc, "Voltage", rounded(52 + 0.01 * step, 0.01));
  vary(dc, "Current", rounded(6 + 0.1 * step, 0.1));
  vary(dc, "Temperature", rounded(20 + 0.1 * step, 0.1));
  payload["Soc"] = 40 + step;
  vary(payload, "ConsumedAmphours", rounded(70 + 0.1 * step, 0.1));
  vary(payload, "Capacity", rounded(130 - 0.1 * step, 0.1));
  if (payload.contains("Voltages")) vary_cells(payload, step);
}

using Publications = std::vector<std::pair<std::string, std::string>>;

void add_values(const std::string& topic, const json& value, Publications& found) {
  if (value.is_object()) {
    for (const auto& [key, part] : value.items()) add_values(topic + "/" + key, part, found);
  } else if (value.is_string()) {
    found.emplace_back(topic, value.get<std::string>());
  } else if (!value.is_null()) {
    found.emplace_back(topic, value.dump());
  }
}

}  // namespace

Publications values_on_topics(const std::string& topic, const std::string& payload) {
  Publications found;
  add_values(topic, json::parse(payload), found);
  return found;
}

std::vector<std::string> payload_series(const std::string& seed, int first_marker, int count) {
  const json outer = json::parse(seed);
  const bool is_wrapped = outer.contains("value") && outer["value"].is_string();
  json payload = is_wrapped ? json::parse(outer["value"].get<std::string>()) : outer;
  std::vector<std::string> series;
  series.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    vary_all(payload, first_marker + i);
    series.push_back(is_wrapped ? json{{"value", payload.dump()}}.dump() : payload.dump());
  }
  return series;
}

}  // namespace dmb::bench
