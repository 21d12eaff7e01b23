// SPDX-License-Identifier: MIT
#include "dmb/device/battery_device.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace dmb {
namespace {

using namespace std::chrono_literals;

/// How many keys are noted of a message that has these unknown ones.
std::size_t noted(BatteryDevice& device, const std::vector<std::string>& keys) {
  Reading reading;
  reading.set(q("/Soc"), 50.0);
  for (const std::string& key : keys) reading.add_unknown_key(key);
  device.handle(event::Message{"t", false, reading}, Instant(1s));
  return static_cast<std::size_t>(std::ranges::count_if(device.take_notes(), [](const Note& note) {
    return std::holds_alternative<note::KeyUnknown>(note);
  }));
}

TEST(BatteryDevice, NotesAKeyThatItDoesNotKnowOnce) {
  BatteryDevice device({.battery = {}, .topic = "t"});
  EXPECT_EQ(noted(device, {"Colour", "Taste"}), 2U);
  EXPECT_EQ(noted(device, {"Taste", "Smell", "Colour"}), 1U);
  EXPECT_EQ(noted(device, {"Taste", "Smell", "Colour"}), 0U);
}

TEST(BatteryDevice, NotesNotAllTheKeysThatOthersMakeUp) {
  BatteryDevice device({.battery = {}, .topic = "t"});
  std::size_t count = 0;
  for (int i = 0; i < 1000; ++i) count += noted(device, {"key" + std::to_string(i)});
  EXPECT_GT(count, 100U);
  EXPECT_LT(count, 300U);
}

}  // namespace
}  // namespace dmb
