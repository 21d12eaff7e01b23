// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/record/line.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dmb::replay::test {

inline Instant at_s(double seconds) {
  return Instant(
      std::chrono::duration_cast<Instant::duration>(std::chrono::duration<double>(1000 + seconds)));
}

/// 2026-01-02 03:04:05.
inline constexpr std::int64_t kWallTimeS = 1'767'323'045;

inline constexpr std::string_view kHouseConfig = R"([DEFAULT]
device_name = House
timeout = 60
[MQTT]
broker_address = localhost
topic = battery/house
)";

inline constexpr std::string_view kShuntsConfig = R"([SMARTSHUNTS]
device_mode = virtual-bms
max_charge_voltage = 56
max_charge_current = 100
max_discharge_current = 200
)";

inline std::string house_payload(double charge_a) {
  return R"({"Soc": 60, "Dc": {"Voltage": 52.7, "Current": -5}, "Info": {"MaxChargeVoltage": 56,)"
         R"( "MaxChargeCurrent": )" +
         std::to_string(charge_a) + R"(, "MaxDischargeCurrent": 120}})";
}

/// A recording of one battery, "mqtt_battery".
class Recording {
 public:
  Recording() = default;
  Recording(std::string_view config, std::string device, bool is_bank)
      : device_(std::move(device)) {
    add(0, record::Began{"1.2.3", kWallTimeS, 0, false});
    add(0, record::ConfigLoaded{std::string(config), {}});
    add(0, record::Created{device_, is_bank});
    add(0, record::TodayCame{device_, std::chrono::sys_days{std::chrono::days{20'455}}});
    add(0, record::Viewed{device_});
  }

  template <typename What>
  Recording& add(double seconds, What what) {
    lines_.push_back({at_s(seconds), std::move(what)});
    return *this;
  }
  /// A message, and what it changes.
  Recording& message(double seconds, std::string payload, std::string topic = "battery/house") {
    add(seconds, record::MessageCame{std::move(topic), std::move(payload), false, at_s(seconds)});
    return view(seconds);
  }
  Recording& view(double seconds) { return add(seconds, record::Viewed{device_}); }

  const std::vector<record::Line>& lines() const { return lines_; }

 private:
  std::string device_;
  std::vector<record::Line> lines_;
};

inline Recording house() {
  return {kHouseConfig, "mqtt_battery", false};
}

}  // namespace dmb::replay::test
