// SPDX-License-Identifier: MIT
#include "../support/shunt_samples.h"
#include "dmb/battery/quantity.h"
#include "dmb/device/bank_device.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace dmb {
namespace {

using namespace std::chrono_literals;

BankRules rules_of_batteries() {
  BankRules rules;
  rules.members = BankOf::batteries;
  rules.standing.by_limits = true;
  rules.bms.emplace();
  rules.bms->of_batteries = true;
  return rules;
}

WatchedMember pack(const std::string& name, double capacity_ah) {
  WatchedMember member;
  member.snapshot = shunt(name, {{"/Dc/0/Voltage", 52}, {"/Dc/0/Current", 0}, {"/Soc", 60}});
  member.register_capacity_ah = capacity_ah;
  return member;
}

/// A bank of two packs, and the clock.
class BankMemberLimits : public testing::Test {
 protected:
  void begin(BankRules rules) {
    bank = BankDevice(std::move(rules));
    packs = {pack("Pack1", 100), pack("Pack2", 100)};
  }
  double& value(std::size_t index, const char* path) {
    auto& value = packs.at(index).snapshot.values[find_member_quantity(path).value()];
    if (!value) value = 0;
    return *value;
  }
  void clear(std::size_t index, const char* path) {
    packs.at(index).snapshot.values[find_member_quantity(path).value()].reset();
  }
  void limit(std::size_t index, double charge_voltage_v, double charge_a, double discharge_a) {
    value(index, "/Info/MaxChargeVoltage") = charge_voltage_v;
    value(index, "/Info/MaxChargeCurrent") = charge_a;
    value(index, "/Info/MaxDischargeCurrent") = discharge_a;
  }
  const ItemValues& after(std::chrono::milliseconds passed) {
    for (const Instant end = now + passed; now < end;) {
      now += std::min<std::chrono::milliseconds>(
          1s, std::chrono::duration_cast<std::chrono::milliseconds>(end - now));
      const MemberNews news{.all = true, .changed = {}};
      bank.handle(event::Members{packs, news, true}, now);
      bank.view(now);
    }
    return bank.view(now);
  }
  std::optional<double> shown(Quantity item) { return bank.values().number(item); }
  bool exists(Quantity item) { return bank.values()[item].exists; }
  std::string text(Quantity item) {
    const auto& value = bank.values()[item].value;
    return value && std::holds_alternative<std::string>(*value) ? std::get<std::string>(*value)
                                                                : "";
  }

  BankDevice bank{rules_of_batteries()};
  std::vector<WatchedMember> packs{pack("Pack1", 100), pack("Pack2", 100)};
  Instant now{1h};
};

TEST_F(BankMemberLimits, IsAMonitorUntilAMemberGivesAChargeVoltage) {
  value(0, "/Info/MaxChargeCurrent") = 30;
  after(1s);
  EXPECT_EQ(bank.phase(), BankLife::Phase::on);
  EXPECT_FALSE(bank.shows_limits());
  for (const Quantity item : {q("/Info/MaxChargeVoltage"), q("/Info/MaxChargeCurrent"),
                              q("/Info/MaxDischargeCurrent"), q("/Io/AllowToCharge")})
    EXPECT_FALSE(exists(item)) << item.spec().path;
  limit(0, 56.8, 30, 60);
  after(1s);
  EXPECT_TRUE(bank.shows_limits());
  EXPECT_EQ(shown(q("/Info/MaxChargeVoltage")), 56.8);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 30) << "Pack2 tells none, and none is configured";
  EXPECT_EQ(shown(q("/Io/AllowToCharge")), 1);
  EXPECT_EQ(shown(q("/Alarms/BmsCable")), 0);
}

TEST_F(BankMemberLimits, AColdMemberLeavesTheCurrentToTheOther) {
  limit(0, 56.8, 50, 100);
  limit(1, 56.8, 0, 100);
  value(1, "/Alarms/LowTemperature") = 2;
  after(1s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 50);
  EXPECT_EQ(shown(q("/Info/MaxDischargeCurrent")), 200) << "its alarm alone stops nothing";
  EXPECT_EQ(text(q("/Info/ChargeLimitation")),
            "Pack2 does not charge: too cold; Pack1 allows no more");
  EXPECT_EQ(shown(q("/System/NrOfModulesBlockingCharge")), 1);
  EXPECT_EQ(shown(q("/System/NrOfModulesBlockingDischarge")), 0);
}

TEST_F(BankMemberLimits, TheAlarmOfAMemberWithoutLimitsStops) {
  limit(0, 56.8, 50, 100);
  value(1, "/Alarms/HighVoltage") = 2;
  after(1s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 0);
  EXPECT_EQ(shown(q("/Info/MaxDischargeCurrent")), 100);
}

TEST_F(BankMemberLimits, WhatIsConfiguredIsNeverExceeded) {
  BankRules rules = rules_of_batteries();
  rules.bms->max_charge_voltage_v = 56;
  rules.bms->max_charge_current_a = 40;
  begin(std::move(rules));
  limit(0, 56.8, 50, 100);
  limit(1, 56.8, 50, 100);
  after(1s);
  EXPECT_EQ(shown(q("/Info/MaxChargeVoltage")), 56);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 40);
}

TEST_F(BankMemberLimits, ALostMemberRestrictsAndIsShown) {
  limit(0, 56.8, 50, 100);
  limit(1, 56, 20, 100);
  after(1s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 40);
  const WatchedMember second = packs.back();
  packs.pop_back();
  after(1s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 40);
  EXPECT_EQ(shown(q("/Info/MaxDischargeCurrent")), 100);
  EXPECT_EQ(shown(q("/Info/MaxChargeVoltage")), 56);
  EXPECT_EQ(shown(q("/Alarms/BmsCable")), 1);
  EXPECT_EQ(bank.lost(), 1U);
  after(11min);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 50);
  packs.push_back(second);
  after(1s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 40) << "a fall is at once";
  EXPECT_EQ(shown(q("/Alarms/BmsCable")), 0);
}

TEST_F(BankMemberLimits, OneWhoseWordIsNotReliableIsLost) {
  limit(0, 56.8, 50, 100);
  limit(1, 56.8, 50, 100);
  after(1s);
  clear(1, "/Info/MaxChargeCurrent");
  after(1s);
  EXPECT_EQ(bank.all().back().standing, Standing::no_limit);
  EXPECT_EQ(shown(q("/Info/MaxDischargeCurrent")), 100) << "of the one that is there";
  EXPECT_EQ(shown(q("/Alarms/BmsCable")), 1);
  value(1, "/Info/MaxChargeCurrent") = 50;
  value(1, "/Alarms/BmsCable") = 2;
  after(1s);
  EXPECT_EQ(bank.all().back().standing, Standing::bms_not_heard);
  value(1, "/Alarms/BmsCable") = 0;
  value(1, "/Info/MaxChargeVoltage") = 5680;
  after(1s);
  EXPECT_EQ(bank.all().back().standing, Standing::charge_voltage_misfit);
  EXPECT_EQ(shown(q("/Info/MaxChargeVoltage")), 56.8);
}

/// A driver that was started anew and has not found its BMS.
TEST_F(BankMemberLimits, OneThatComesBackWithoutTheLimitItToldIsStillLost) {
  limit(0, 56, 50, 50);
  limit(1, 56, 50, 50);
  after(10s);
  const WatchedMember gone = packs.back();
  packs.pop_back();
  after(2s);
  packs.push_back(gone);
  clear(1, "/Info/MaxChargeCurrent");
  after(2s);
  EXPECT_EQ(shown(q("/System/NrOfModulesOnline")), 1);
  EXPECT_EQ(bank.all()[1].standing, Standing::no_limit);
  limit(1, 56, 50, 50);
  after(2s);
  EXPECT_EQ(shown(q("/System/NrOfModulesOnline")), 2);
}

TEST_F(BankMemberLimits, StopsWhileOneIsLostWhereSoConfigured) {
  BankRules rules = rules_of_batteries();
  rules.bms->stop_when_lost = true;
  begin(std::move(rules));
  limit(0, 56.8, 50, 100);
  limit(1, 56.8, 50, 100);
  after(1s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 100);
  packs.pop_back();
  after(1s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 0);
  EXPECT_EQ(shown(q("/Info/MaxDischargeCurrent")), 0);
}

TEST_F(BankMemberLimits, AllLostIsAStopBeforeItLeaves) {
  limit(0, 56.8, 50, 100);
  limit(1, 56.8, 50, 100);
  after(1s);
  packs.clear();
  after(1s);
  EXPECT_EQ(bank.phase(), BankLife::Phase::holding);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 0);
  EXPECT_EQ(shown(q("/Info/MaxDischargeCurrent")), 200) << "the house is not to go dark";
  EXPECT_LT(shown(q("/Info/MaxChargeVoltage")).value(), 52);
  EXPECT_EQ(shown(q("/Alarms/BmsCable")), 2);
  after(10s);
  EXPECT_EQ(bank.phase(), BankLife::Phase::off);
}

TEST_F(BankMemberLimits, CurrentIntoABankThatBlocksLowersItsVoltage) {
  limit(0, 56.8, 0, 100);
  limit(1, 56.8, 0, 100);
  value(0, "/Dc/0/Current") = value(1, "/Dc/0/Current") = 10;
  after(7s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 0);
  EXPECT_LE(shown(q("/Info/MaxChargeVoltage")).value(), 52);
}

TEST_F(BankMemberLimits, WithoutControlItShowsNothingOfWhatItWorksOut) {
  BankRules rules = rules_of_batteries();
  rules.control = false;
  begin(std::move(rules));
  limit(0, 56.8, 0, 100);
  limit(1, 56.8, 50, 100);
  value(0, "/Dc/0/Current") = value(1, "/Dc/0/Current") = 10;
  after(20s);
  EXPECT_FALSE(exists(q("/Info/MaxChargeVoltage")));
  EXPECT_FALSE(exists(q("/Io/AllowToCharge")));
  ASSERT_NE(bank.limits(), nullptr);
  EXPECT_EQ(bank.limits()->max_charge_voltage.value, 56.8);
  EXPECT_EQ(bank.limits()->max_charge_current.value, 0) << "it flows into Pack1, which blocks";
  packs.clear();
  after(1s);
  EXPECT_EQ(bank.phase(), BankLife::Phase::off) << "as a monitor";
}

TEST_F(BankMemberLimits, WaitsFiveSecondsForThoseThatAreExpected) {
  BankRules rules = rules_of_batteries();
  rules.expected_at_least = 2;
  begin(std::move(rules));
  limit(0, 56.8, 50, 100);
  packs.pop_back();
  after(4s);
  EXPECT_EQ(bank.phase(), BankLife::Phase::off);
  after(3s);
  EXPECT_EQ(bank.phase(), BankLife::Phase::on);
  EXPECT_EQ(shown(q("/Alarms/BmsCable")), 0) << "it may be on its way still";
  EXPECT_EQ(bank.lost(), 1U);
  after(30s);
  EXPECT_EQ(shown(q("/Alarms/BmsCable")), 1);
}

TEST_F(BankMemberLimits, ShowsTheStateOfCharging) {
  limit(0, 54, 50, 100);
  limit(1, 56.8, 50, 100);
  packs[0].snapshot.texts.charge_mode = "Float";
  packs[1].snapshot.texts.charge_mode = "Absorption";
  packs[0].others.set(q("/Info/ChargeMode"), std::string("Float"));
  packs[1].others.set(q("/Info/ChargeMode"), std::string("Absorption"));
  after(1s);
  EXPECT_EQ(text(q("/Info/ChargeMode")), "Absorption (Pack1 in float)");
  EXPECT_EQ(shown(q("/Info/MaxChargeVoltage")), 56.8);
}

}  // namespace
}  // namespace dmb
