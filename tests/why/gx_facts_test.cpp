// SPDX-License-Identifier: MIT
#include "dmb/why/gx_facts.h"

#include <gtest/gtest.h>

#include <limits>

namespace dmb::why {
namespace {

GxFacts taken(const std::string& service, const Items& items) {
  GxFacts facts;
  take(service, items, facts);
  return facts;
}

TEST(GxFacts, AskThoseWhoLimitAndWhoCharge) {
  for (const char* service :
       {"com.victronenergy.system", "com.victronenergy.settings", "com.victronenergy.battery.ttyO1",
        "com.victronenergy.solarcharger.ttyO2", "com.victronenergy.vebus.ttyS4",
        "com.victronenergy.multi.a", "com.victronenergy.alternator.b"})
    EXPECT_TRUE(is_asked(service)) << service;
  for (const char* service : {"com.victronenergy.temperature.a", "com.victronenergy.system2",
                              ":1.5", "org.freedesktop.DBus", ""})
    EXPECT_FALSE(is_asked(service)) << service;
  EXPECT_TRUE(is_wanted("/Link/ChargeCurrent"));
  EXPECT_TRUE(is_wanted("/Info/MaxChargeCurrent"));
  EXPECT_FALSE(is_wanted("/History/Daily/0/Yield"));
}

TEST(GxFacts, TakeNumbersOfAnyTypeAndTexts) {
  const GxFacts facts = taken("com.victronenergy.solarcharger.ttyO2",
                              {{"/Link/ChargeCurrent", BusValue(20.5)},
                               {"/State", BusValue(std::int64_t{252})},
                               {"/Settings/BmsPresent", BusValue(true)},
                               {"/ErrorCode", BusValue(std::uint64_t{0})},
                               {"/ProductName", BusValue(std::string("MPPT"))},
                               {"/CustomName", BusValue(std::string("Roof"))}});
  const ChargerFacts expected{.service = "com.victronenergy.solarcharger.ttyO2",
                              .name = "Roof",
                              .solar = true,
                              .told_current_a = 20.5,
                              .state = 252,
                              .error = 0,
                              .had_bms = 1};
  EXPECT_EQ(facts.chargers, std::vector{expected});
}

TEST(GxFacts, KnowNothingWhereNothingCanBeBelieved) {
  const auto ccl_of = [](const BusValue& value) {
    return taken("com.victronenergy.battery.a", {{"/Info/MaxChargeCurrent", value}})
        .batteries.front()
        .max_charge_current_a;
  };
  EXPECT_EQ(ccl_of(std::monostate()), std::nullopt);
  EXPECT_EQ(ccl_of(std::string("80")), std::nullopt);
  EXPECT_EQ(ccl_of(std::numeric_limits<double>::quiet_NaN()), std::nullopt);
  EXPECT_EQ(ccl_of(std::numeric_limits<double>::infinity()), std::nullopt);
  EXPECT_EQ(ccl_of(1e300), std::nullopt);
  EXPECT_EQ(ccl_of(std::numeric_limits<std::uint64_t>::max()), std::nullopt);
  EXPECT_EQ(ccl_of(0.0), 0.0);
}

TEST(GxFacts, NameAServiceThatHasNoName) {
  const GxFacts facts =
      taken("com.victronenergy.battery.a", {{"/CustomName", BusValue(std::string())}});
  EXPECT_EQ(facts.batteries.front().name, "com.victronenergy.battery.a");
}

TEST(GxFacts, RememberWhoDidNotAnswer) {
  GxFacts facts;
  take("com.victronenergy.system", std::nullopt, facts);
  take("com.victronenergy.vebus.ttyS4", std::nullopt, facts);
  EXPECT_EQ(facts.silent, (std::vector<std::string>{"com.victronenergy.system",
                                                    "com.victronenergy.vebus.ttyS4"}));
  EXPECT_TRUE(facts.system);
  EXPECT_TRUE(facts.inverters.empty());
}

TEST(GxFacts, LeaveOutAnInverterThatCannotCharge) {
  EXPECT_TRUE(taken("com.victronenergy.inverter.a", {{"/Mode", BusValue(2.0)}}).chargers.empty());
  EXPECT_EQ(
      taken("com.victronenergy.multi.a", {{"/Link/ChargeCurrent", BusValue(2.0)}}).chargers.size(),
      1U);
}

}  // namespace
}  // namespace dmb::why
