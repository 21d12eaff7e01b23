// SPDX-License-Identifier: MIT
// Members that a person switched off.
#include "../support/shunt_samples.h"
#include "dmb/battery/quantity.h"
#include "dmb/device/bank_device.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <vector>

namespace dmb {
namespace {

using namespace std::chrono_literals;

BankRules rules_of(BankOf members) {
  BankRules rules;
  rules.members = members;
  rules.bms.emplace();
  rules.bms->max_charge_voltage_v = 56;
  rules.bms->max_charge_current_a = rules.bms->max_discharge_current_a = 200;
  rules.bms->of_batteries = rules.standing.by_limits = members == BankOf::batteries;
  return rules;
}

/// A bank of two members of 100 Ah each, and the clock.
class SwitchedOff : public testing::TestWithParam<BankOf> {
 protected:
  SwitchedOff() {
    for (const char* id : {"A", "B"}) {
      WatchedMember member;
      member.snapshot = shunt(id, {{"/Dc/0/Voltage", 52},
                                   {"/Dc/0/Current", 10},
                                   {"/Soc", 60},
                                   {"/Alarms/HighTemperature", 0}});
      member.register_capacity_ah = 100;
      if (GetParam() == BankOf::batteries) {
        const auto set = [&](const char* path, double value) {
          member.snapshot.values[find_member_quantity(path).value()] = value;
        };
        set("/Info/MaxChargeVoltage", 56);
        set("/Info/MaxChargeCurrent", 90);
        set("/Info/MaxDischargeCurrent", 90);
      }
      members_.push_back(member);
    }
  }
  void tell() {
    const MemberNews news{.all = true, .changed = {}};
    bank_.handle(event::Members{members_, news, true}, now_);
    bank_.view(now_);
  }
  void after(std::chrono::seconds passed) {
    for (const Instant end = now_ + passed; now_ < end;) {
      now_ += 1s;
      tell();
    }
  }
  void switch_off(std::set<std::string> ids) {
    const ManualWishes none;
    bank_.handle(event::Wishes{none, ids}, now_);
    bank_.view(now_);
  }
  std::optional<double> shown(Quantity item) { return bank_.values().number(item); }
  std::string why() { return describe(bank_.limits()->max_charge_current.reason); }
  double all_a() const { return GetParam() == BankOf::batteries ? 180 : 200; }
  double one_a() const { return GetParam() == BankOf::batteries ? 90 : 100; }

  BankDevice bank_{rules_of(GetParam())};
  std::vector<WatchedMember> members_;
  Instant now_{1h};
};

INSTANTIATE_TEST_SUITE_P(OfAnyMembers, SwitchedOff,
                         testing::Values(BankOf::shunts, BankOf::batteries));

/// Those that stop a bank by their alarms; others by their limits.
class SwitchedOffShunts : public SwitchedOff {};
INSTANTIATE_TEST_SUITE_P(OfShunts, SwitchedOffShunts, testing::Values(BankOf::shunts));

TEST_P(SwitchedOff, CountsForNothingAndItsShareIsNotUsedFromTheSameTurnOn) {
  after(2s);
  EXPECT_EQ(shown(q("/Dc/0/Current")), 20);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), all_a());
  bank_.take_notes();
  switch_off({"B"});
  EXPECT_EQ(shown(q("/Dc/0/Current")), 10);
  EXPECT_EQ(shown(q("/InstalledCapacity")), 100);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), one_a());
  EXPECT_EQ(shown(q("/Info/MaxDischargeCurrent")), one_a());
  EXPECT_EQ(bank_.lost(), 0U);
  EXPECT_EQ(shown(q("/Alarms/BmsCable")), 0) << "it is not missed";
  EXPECT_TRUE(bank_.missing().empty());
  const Notes notes = bank_.take_notes();
  EXPECT_TRUE(std::ranges::any_of(notes, [](const Note& note) {
    const auto* member = std::get_if<note::MemberStanding>(&note);
    return member != nullptr && member->standing == Standing::switched_off;
  }));
}

TEST_P(SwitchedOff, ComesBackAtOnceAndItsShareLater) {
  after(2s);
  switch_off({"B"});
  after(60s);
  switch_off({});
  EXPECT_EQ(shown(q("/Dc/0/Current")), 20);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), one_a());
  after(31s);
  EXPECT_GT(*shown(q("/Info/MaxChargeCurrent")), one_a());
}

TEST_P(SwitchedOff, IsNotMissedWhenItGoesNorForgotten) {
  after(2s);
  switch_off({"B"});
  members_.pop_back();
  tell();
  now_ += 8 * 24h;
  after(2s);
  EXPECT_EQ(bank_.lost(), 0U);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), one_a()) << "its share stays out";
  switch_off({});
  EXPECT_EQ(bank_.lost(), 1U) << "it belongs to the bank, and is not there";
  EXPECT_EQ(shown(q("/Alarms/BmsCable")), 1);
  bank_.redetect();
  after(31s);
  EXPECT_EQ(bank_.lost(), 0U);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), GetParam() == BankOf::batteries ? 90 : 200);
}

TEST_P(SwitchedOff, IsSwitchedOffFromTheStartAndAfterARestart) {
  switch_off({"B"});
  after(6s);
  EXPECT_EQ(shown(q("/Dc/0/Current")), 10);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), one_a());
  BankDevice again(rules_of(GetParam()));
  again.resume(bank_.memory(now_), now_);
  bank_ = std::move(again);
  switch_off({"B"});
  after(1s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), one_a());
  EXPECT_EQ(bank_.lost(), 0U);
}

TEST_P(SwitchedOffShunts, StopNothingAnyMore) {
  after(2s);
  members_[1].snapshot.values[find_member_quantity("/Alarms/HighTemperature").value()] = 2;
  after(1s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 0);
  switch_off({"B"});
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 0) << "released as any other stop";
  after(31s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), one_a());
}

TEST_P(SwitchedOff, TellsWhoIsSwitchedOff) {
  after(2s);
  switch_off({"B"});
  if (GetParam() == BankOf::shunts) {
    EXPECT_EQ(why(), "B: switched off: limited to 50 %");
  }
}

TEST_P(SwitchedOff, RedetectForgetsWhoIsSwitchedOffAndGone) {
  after(2s);
  switch_off({"B"});
  bank_.redetect();
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), one_a()) << "it is there";
  members_.pop_back();
  after(1s);
  bank_.redetect();
  after(31s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), GetParam() == BankOf::batteries ? 90 : 200);
}

}  // namespace
}  // namespace dmb
