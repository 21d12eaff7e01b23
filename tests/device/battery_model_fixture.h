// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity.h"
#include "dmb/device/battery_model.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace dmb {

using namespace std::chrono_literals;
using Delivery = BatteryModel::Delivery;
using Phase = Life::Phase;
using Fields = std::initializer_list<std::pair<const char*, OptValue>>;

/// CVL of a silent battery whose last voltage was 52.7 V: 2 % and 0.4 V below.
inline constexpr double kBlindStopV = 51.246;

inline const Fields kMinimum{{"/Soc", 63.0}, {"/Dc/0/Power", 321.6}, {"/Dc/0/Voltage", 52.7}};
inline const Fields kWithLimits{{"/Soc", 63.0},
                                {"/Dc/0/Power", 321.6},
                                {"/Dc/0/Voltage", 52.7},
                                {"/Info/MaxChargeVoltage", 55.2},
                                {"/Info/MaxChargeCurrent", 80.0},
                                {"/Info/MaxDischargeCurrent", 120.0}};

class BatteryModelTest : public testing::Test {
 protected:
  void send(std::chrono::milliseconds when, const Fields& fields,
            Delivery delivery = Delivery::live) {
    Reading reading;
    for (const auto& [path, value] : fields) reading.set(*find_quantity(path), value);
    model_.apply(reading, delivery, Instant(when));
  }
  /// A message that gives `path` a value that cannot be used.
  void send_refused(std::chrono::milliseconds when, const char* path, const Fields& fields) {
    Reading reading;
    for (const auto& [other, value] : fields) reading.set(*find_quantity(other), value);
    reading.set_bad(*find_quantity(path), "is nonsense");
    model_.apply(reading, Delivery::live, Instant(when));
  }
  const ItemValues::Slot& at(std::chrono::milliseconds when, const char* path) {
    return model_.view(Instant(when))[*find_quantity(path)];
  }
  OptValue value(std::chrono::milliseconds when, const char* path) { return at(when, path).value; }

  BatteryModel model_{{.timeout = 60s}};
};

}  // namespace dmb
