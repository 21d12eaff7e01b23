// SPDX-License-Identifier: MIT
#include "dmb/codec/state_text.h"

#include <gtest/gtest.h>

#include <string>

namespace dmb {
namespace {

using namespace std::chrono_literals;

BankMemories sample() {
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
  return {{"aggregate_shunts", bank}, {"other", {}}};
}

TEST(StateText, SaysWhatItWasToldToSay) {
  EXPECT_EQ(decode_state(encode_state(sample())), sample());
  EXPECT_EQ(decode_state(encode_state({})), BankMemories{});
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
    return decode_state("{\"version\":1,\"banks\":{\"b\":" + inner + "}}").value()["b"];
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

TEST(StateText, IsShortenedNowhereItMatters) {
  const std::string text = encode_state(sample());
  for (std::size_t size = 0; size < text.size() - 2; ++size)
    EXPECT_EQ(decode_state(text.substr(0, size)), std::nullopt) << size;
}

}  // namespace
}  // namespace dmb
