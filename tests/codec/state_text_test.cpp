// SPDX-License-Identifier: MIT
#include "dmb/codec/state_text.h"

#include "dmb/bank/member.h"
#include "dmb/battery/quantity.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace dmb {
namespace {

using namespace std::chrono_literals;

ChargeMemory floating() {
  ChargeMemory charge;
  charge.phase = {ChargePhase::to_float, std::chrono::minutes(15), 3.425, 12};
  charge.sensors[""] = {
      .cells = 16, .in_series = 16, .temperatures = 2, .extremes = true, .mosfet = true};
  charge.sensors["HQ2 \xC3\xA4"] = {.extremes = true};
  charge.too_high = ChargeMemory::Stop{true, 120s};
  charge.too_low = ChargeMemory::Stop{false, 30s};
  charge.soc_reached = true;
  charge.full_wanted = true;
  charge.wire_drop_per_cell_v = 0.012;
  charge.balanced = std::chrono::sys_days(std::chrono::year(2026) / 11 / 3);
  return charge;
}

State sample() {
  BankMemory bank{.heard_together = 2, .shunts = {}, .charge = {}, .discharge = {}};
  bank.shunts.push_back({.id = "HQ1", .name = "Bug \xC3\xA4", .capacity_ah = 290, .causes = {}});
  bank.shunts.push_back(
      {.id = "HQ2", .name = "Heck", .capacity_ah = {}, .causes = {}, .away = 26h});
  bank.shunts.back().causes[low_voltage_alarm] = true;
  bank.shunts.back().causes[too_cold] = true;
  const MemberStop cold{"Heck", StopCauses(1U << too_cold), false};
  bank.charge = {.stop = BankMemory::Stop{true, 120s, {cold}},
                 .share = BankMemory::Share{0.5, 30s}};
  bank.discharge.stop = BankMemory::Stop{false, 60s, {}};
  bank.charge.held = BankMemory::Held{40, 60s};
  bank.last_limits = {{"pack2", "Pack 2", 56.8, 40, std::nullopt}};
  bank.right_charge_voltage_v = 56.4;
  return {{{"aggregate_shunts", bank}, {"other", {}}},
          {{"mqtt_battery", floating()}, {"other", {}}},
          {{"mqtt_battery",
            {{"Switch_stop_charge", {1, false}},
             {"Switch_charge_to", {80.0, true}},
             {"Switch_stop_charge_label", {"Halt \xC3\xA4", true}}}}}};
}

TEST(StateText, SaysWhatItWasToldToSay) {
  EXPECT_EQ(decode_state(encode_state(sample())), sample());
  EXPECT_EQ(decode_state(encode_state({})), State{});
}

TEST(StateText, KnowsWhatWasPublished) {
  State state;
  state.published = {.broker = "192.168.1.5:1883",
                     .topics = {"homeassistant/device/x/config", "dbus-mqtt-battery/x/status"},
                     .announced = {{"mqtt_battery", {q("/Soc"), q("/Voltages/Cell7")}}}};
  EXPECT_EQ(decode_state(encode_state(state)), state);
}

TEST(StateText, LeavesOutWhatCannotHaveBeenPublished) {
  const auto state = decode_state(
      R"({"version":1,"banks":{},"published":{"broker":5,"topics":["a/+","","b",7,"#"],
          "announced":{"a":["/Soc","/Nonsense",1,"/Dc/0/Voltage","/Soc"],"b":3}}})");
  ASSERT_TRUE(state);
  EXPECT_EQ(state->published.topics, (std::set<std::string, std::less<>>{"b"}));
  ASSERT_EQ(state->published.announced.size(), 1U);
  EXPECT_EQ(state->published.announced.begin()->second.size(), 2U);
}

TEST(StateText, IsTheSameForTheSame) {
  EXPECT_EQ(encode_state(sample()), encode_state(sample()));
}

TEST(StateText, ThatIsNoneIsNotUnderstood) {
  for (const auto* text : {"", "x", "[]", "{}", "{\"version\":1}", "{\"version\":2,\"banks\":{}}",
                           "{\"version\":\"1\",\"banks\":{}}", "{\"version\":1,\"banks\":[]}",
                           "{\"version\":1,\"banks\":{"})
    EXPECT_EQ(decode_state(text), std::nullopt) << text;
}

TEST(StateText, TakesNothingThatCannotBe) {
  const auto bank = [](const std::string& inner) {
    return decode_state("{\"version\":1,\"banks\":{\"b\":" + inner + "}}").value().banks["b"];
  };
  EXPECT_EQ(bank("{}"), BankMemory{});
  EXPECT_EQ(bank("{\"heard_together\":-4}").heard_together, 0U);
  EXPECT_EQ(bank("{\"heard_together\":1e9}").heard_together, 0U);
  EXPECT_EQ(
      bank("{\"shunts\":[3,{},{\"id\":5},{\"id\":\"a\",\"capacity_ah\":-3,"
           "\"away_h\":\"x\",\"stops\":[\"nonsense\",4]}]}")
          .shunts,
      (std::vector<BankMemory::Shunt>{{.id = "a", .name = "", .capacity_ah = {}, .causes = {}}}));
  const auto charge =
      bank("{\"charge\":{\"stop\":{\"delay_s\":-1},\"share\":{\"present\":7}}}").charge;
  EXPECT_EQ(charge.stop, (BankMemory::Stop{true, 0s, {}}))
      << "what is damaged may have been a stop";
  EXPECT_EQ(charge.share, (BankMemory::Share{0, 0s}));
  for (const char* volts : {"-1", "1e9", "\"56\"", "null", "[]"})
    EXPECT_EQ(bank(std::string("{\"right_charge_voltage_v\":") + volts + "}"), BankMemory{})
        << volts;
  EXPECT_EQ(bank("{\"charge\":{\"stop\":3,\"share\":[]},\"discharge\":1}"), BankMemory{});
}

TEST(StateText, KeepsEveryPhase) {
  for (const auto phase :
       {ChargePhase::bulk, ChargePhase::absorption, ChargePhase::to_float, ChargePhase::at_float}) {
    State state;
    state.charge_controls["b"].phase.phase = phase;
    EXPECT_EQ(decode_state(encode_state(state)), state);
  }
}

TEST(StateText, OfAnEarlierVersionKnowsNoChargeControl) {
  const auto state = decode_state(R"({"version":1,"banks":{"b":{"heard_together":2}}})");
  ASSERT_TRUE(state);
  EXPECT_EQ(state->banks.at("b").heard_together, 2U);
  EXPECT_TRUE(state->charge_controls.empty());
}

ChargeMemory charge_of(const std::string& inner) {
  return decode_state(R"({"version":1,"banks":{},"charge_controls":{"b":)" + inner + "}}")
      .value()
      .charge_controls["b"];
}

TEST(StateText, TakesNothingOfAChargeControlThatCannotBe) {
  for (const char* nothing :
       {"{}", R"({"phase":3})", R"({"phase":{"name":"equalize","full_min":5}})",
        R"({"phase":{"full_min":5}})", R"({"phase":{"name":7}})", R"({"sensors":[16]})",
        R"({"sensors":{"a":16}})", R"({"sensors":{"a\u0000":{"cells":16}}})",
        R"({"soc_reached":1})", R"({"soc_reached":"yes"})", R"({"wire_drop_per_cell_v":0.5})",
        R"({"wire_drop_per_cell_v":-0.01})", R"({"balanced_day":-3})", R"({"balanced_day":"x"})",
        R"({"unknown":1})"})
    EXPECT_EQ(charge_of(nothing), ChargeMemory{}) << nothing;
  const auto phase =
      charge_of(R"({"phase":{"name":"float","full_min":1e9,"goal_v":54.0,"out_ah":-3}})").phase;
  EXPECT_EQ(phase, PhaseMemory{ChargePhase::at_float}) << "out of range, and not whole";
  EXPECT_EQ(charge_of(R"({"phase":{"name":"absorption","full_min":999999999}})").phase.full_so_far,
            std::chrono::days(7));
  EXPECT_EQ(charge_of(R"({"sensors":{"":{"cells":-16,"temperatures":1e3,"mosfet":0}}})").sensors,
            (KnownSensors::ById{{"", {}}}));
  EXPECT_EQ(charge_of(R"({"sensors":{"":{"cells":99999}}})").sensors.at("").cells, 128);
}

TEST(StateText, TakesADamagedStopForOneThatHolds) {
  for (const char* damaged : {"3", "null", "[]", "{}", R"({"active":"no"})", R"({"active":0})"})
    EXPECT_EQ(charge_of(std::string(R"({"too_high":)") + damaged + "}").too_high,
              (ChargeMemory::Stop{true, 0s}))
        << damaged;
  EXPECT_EQ(charge_of(R"({"too_low":{"active":false,"delay_s":-9}})").too_low,
            (ChargeMemory::Stop{false, 0s}));
}

TEST(StateText, RemembersTheSensorsOfSoManyMembersOnly) {
  State state;
  for (int i = 0; i < 2000; ++i) state.charge_controls["b"].sensors[std::to_string(i)].cells = 16;
  EXPECT_EQ(decode_state(encode_state(state)).value().charge_controls["b"].sensors.size(),
            kMaxMembersSeen);
}

KeptValues settings_of(const std::string& inner) {
  return decode_state(R"({"version":1,"banks":{},"settings":{"b":)" + inner + "}}")
      .value()
      .settings["b"];
}

TEST(StateText, TakesNothingOfSettingsThatCannotBe) {
  for (const char* nothing :
       {"{}", "[]", "3", R"({"a":1})", R"({"a":{}})", R"({"a":{"stored":true}})",
        R"({"a":{"value":null}})", R"({"a":{"value":true}})", R"({"a":{"value":[1]}})",
        R"({"a":{"value":{"value":1}}})", R"({"a":{"value":"\u0000"}})"})
    EXPECT_EQ(settings_of(nothing), KeptValues{}) << nothing;
  EXPECT_EQ(settings_of(R"({"a":{"value":")" + std::string(300, 'x') + R"("}})"), KeptValues{});
  EXPECT_EQ(settings_of(R"({"a":{"value":1,"stored":"yes"},"b":{"value":5e9,"stored":true}})"),
            (KeptValues{{"a", {1, false}}, {"b", {5e9, true}}}));
}

TEST(StateText, RemembersSoManySettingsOnly) {
  State state;
  for (int i = 0; i < 1000; ++i) state.settings["b"][std::to_string(i)] = {1, true};
  EXPECT_EQ(decode_state(encode_state(state)).value().settings["b"].size(), kMaxKeptValues);
}

TEST(StateText, IsShortenedNowhereItMatters) {
  const std::string text = encode_state(sample());
  for (std::size_t size = 0; size < text.size() - 2; ++size)
    EXPECT_EQ(decode_state(text.substr(0, size)), std::nullopt) << size;
}

}  // namespace
}  // namespace dmb
