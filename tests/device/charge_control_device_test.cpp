// SPDX-License-Identifier: MIT
// Charge control where it works: in an MQTT battery, and in a bank.
#include "../support/shunt_samples.h"
#include "dmb/battery/quantity.h"
#include "dmb/device/bank_device.h"
#include "dmb/device/battery_device.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <vector>

namespace dmb {
namespace {

using namespace std::chrono_literals;

ChargeRules rules(double max_charge_a) {
  ChargeRules rules(Chemistry::lfp);
  rules.max_charge_current_a = max_charge_a;
  rules.max_discharge_current_a = 150;
  return rules;
}

std::string text_in(const ItemValues& values, Quantity item) {
  const OptValue& value = values[item].value;
  return value && std::holds_alternative<std::string>(*value) ? std::get<std::string>(*value) : "";
}

/// An MQTT battery of 16 cells that tells no limits, a message each second.
class ChargedBattery : public testing::Test {
 protected:
  void tell(std::chrono::milliseconds passed) {
    for (const Instant end = now_ + passed; now_ < end;) {
      now_ += 1s;
      Reading reading;
      double sum_v = 0;
      for (int cell = 1; cell <= 16; ++cell) {
        if (cell == missing_) continue;
        const double cell_v = cell == 7 ? seventh_v_ : 3.32;
        reading.set(cell_voltage(cell), cell_v);
        sum_v += cell_v;
      }
      reading.set(q("/Dc/0/Voltage"), sum_v);
      reading.set(q("/Dc/0/Current"), 20.0);
      reading.set(q("/Dc/0/Power"), sum_v * 20);
      reading.set(q("/Soc"), 60.0);
      reading.set(q("/InstalledCapacity"), 280.0);
      for (const auto& [item, value] : also_) reading.set(item, value);
      device_.handle(event::Message{"home/battery", false, reading}, now_);
      device_.view(now_);
    }
  }
  std::optional<double> shown(Quantity item) { return device_.values().number(item); }
  std::string text(Quantity item) { return text_in(device_.values(), item); }

  BatteryDevice device_{
      {.battery = {.timeout = 60s, .charge = rules(100)}, .topic = "home/battery"}};
  Instant now_{1h};
  double seventh_v_ = 3.32;
  int missing_ = 0;
  std::vector<std::pair<Quantity, OptValue>> also_;
};

TEST_F(ChargedBattery, BecomesABmsByItsCells) {
  device_.view(now_);
  EXPECT_FALSE(device_.values()[q("/Info/MaxChargeCurrent")].exists) << "of one that was not heard";
  tell(1s);
  EXPECT_NEAR(shown(q("/Info/MaxChargeVoltage")).value(), 16 * 3.45, 1e-6);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 100);
  EXPECT_EQ(shown(q("/Info/MaxDischargeCurrent")), 150);
  EXPECT_EQ(text(q("/Info/ChargeMode")), "Bulk");
  EXPECT_EQ(text(q("/Info/ChargeLimitation")), "");
  EXPECT_EQ(shown(q("/Io/AllowToCharge")), 1);
}

TEST_F(ChargedBattery, LimitsInTheSameTurnAsTheCellThatCausesIt) {
  tell(1s);
  seventh_v_ = 3.45;
  tell(1s);
  EXPECT_LE(shown(q("/Info/MaxChargeCurrent")).value(), 20);
  EXPECT_LT(shown(q("/Info/MaxChargeVoltage")).value(), 55.2);
  EXPECT_NE(text(q("/Info/ChargeLimitation")).find("highest cell C7 3.450 V"), std::string::npos);
  seventh_v_ = 3.61;
  tell(1s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 0);
  EXPECT_EQ(shown(q("/Io/AllowToCharge")), 0);
  EXPECT_EQ(shown(q("/Alarms/HighCellVoltage")), 2);
}

TEST_F(ChargedBattery, MissesACellThatItKnew) {
  tell(1s);
  missing_ = 4;
  tell(61s);  // what the last message told counts, what earlier ones told ends with its time
  EXPECT_LE(shown(q("/Info/MaxChargeCurrent")).value(), 10);
  EXPECT_NE(text(q("/Info/ChargeLimitation")).find("1 of 16 cells"), std::string::npos);
}

TEST_F(ChargedBattery, TakesTheLowerOfItsOwnLimitsAndTheControls) {
  also_ = {{q("/Info/MaxChargeVoltage"), 54.0},
           {q("/Info/MaxChargeCurrent"), 40.0},
           {q("/Info/MaxDischargeCurrent"), 200.0}};
  tell(1s);
  EXPECT_EQ(shown(q("/Info/MaxChargeVoltage")), 54);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 40);
  EXPECT_EQ(shown(q("/Info/MaxDischargeCurrent")), 150);
}

TEST_F(ChargedBattery, StopsForItsOwnAlarmUntilItSaysThatItIsOver) {
  also_ = {{q("/Alarms/LowChargeTemperature"), 1}};
  tell(1s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 100) << "a warning stops nothing";
  also_ = {{q("/Alarms/LowChargeTemperature"), 2}};
  tell(1s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 0);
  EXPECT_EQ(shown(q("/Info/MaxDischargeCurrent")), 150);
  EXPECT_EQ(text(q("/Info/ChargeLimitation")), "low charge temperature alarm");
  also_ = {};  // not told any more: nobody says that it is over
  tell(300s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 0);
  also_ = {{q("/Alarms/LowChargeTemperature"), 0}};
  tell(20s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 0);
  tell(15s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 100);
}

TEST_F(ChargedBattery, StopsChargingWhenItFallsSilent) {
  tell(1s);
  now_ += 61s;
  device_.view(now_);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 0);
  EXPECT_LT(shown(q("/Info/MaxChargeVoltage")).value(), 53.2);
  EXPECT_EQ(text(q("/Info/ChargeMode")), "");
  tell(1s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 100);
}

TEST_F(ChargedBattery, NotesACauseOnceAndNoNumbers) {
  tell(1s);
  device_.take_notes();
  for (const double cell_v : {3.41, 3.42, 3.43, 3.44}) {
    seventh_v_ = cell_v;
    tell(2s);
  }
  int limits = 0;
  for (const Note& note : device_.take_notes())
    if (const auto* limit = std::get_if<note::LimitChanged>(&note)) {
      ++limits;
      EXPECT_FALSE(limit->trouble);
    }
  EXPECT_EQ(limits, 1);
}

TEST_F(ChargedBattery, NotesOnceThatNoTemperatureIsTold) {
  const auto told = [this] {
    return std::ranges::count_if(device_.take_notes(), [](const Note& note) {
      return std::holds_alternative<note::TemperatureUnknown>(note);
    });
  };
  tell(60s);
  EXPECT_EQ(told(), 0);
  tell(120s);
  EXPECT_EQ(told(), 1);
  BatteryDevice other({.battery = {.timeout = 60s, .charge = rules(100)}, .topic = "home/battery"});
  device_ = std::move(other);
  also_ = {{q("/Dc/0/Temperature"), 20.0}};
  tell(180s);
  EXPECT_EQ(told(), 0);
}

TEST_F(ChargedBattery, GoesOnWithOtherRulesAndWithoutThem) {
  tell(1s);
  device_.change_rules({.battery = {.timeout = 60s, .charge = rules(50)}, .topic = "home/battery"});
  tell(1s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 50);
  device_.change_rules({.battery = {.timeout = 60s}, .topic = "home/battery"});
  tell(15s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 0) << "its CVL is lost: the chargers are stopped";
}

TEST_F(ChargedBattery, DoesWhatAPersonWantsInTheSameTurn) {
  tell(1s);
  device_.take_notes();
  const std::set<std::string> nobody;
  const auto want = [&](const ManualWishes& wishes) {
    device_.handle(event::Wishes{wishes, nobody}, now_);
    device_.view(now_);
  };
  want({.stop_charge = true, .max_discharge_current_a = 60});
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 0);
  EXPECT_EQ(shown(q("/Info/MaxDischargeCurrent")), 60);
  EXPECT_EQ(shown(q("/Io/AllowToCharge")), 0);
  EXPECT_EQ(text(q("/Info/ChargeLimitation")), "a switch on the GX stops charging");
  want({});
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 100);
  EXPECT_EQ(shown(q("/Info/MaxDischargeCurrent")), 150);
  std::vector<bool> allowed;
  for (const Note& note : device_.take_notes())
    if (const auto* limit = std::get_if<note::LimitChanged>(&note);
        limit != nullptr && limit->limit == Limit::charge_current) {
      allowed.push_back(limit->allowed);
      EXPECT_TRUE(limit->trouble);
    }
  EXPECT_EQ(allowed, (std::vector{false, true}));
}

TEST_F(ChargedBattery, ChargesBeyondAPersonsGoalWhileAFullChargeIsWanted) {
  const std::set<std::string> nobody;
  const ManualWishes wishes{.charge_to_percent = 55};
  device_.handle(event::Wishes{wishes, nobody}, now_);
  tell(1s);
  EXPECT_EQ(text(q("/Info/ChargeLimitation")), "charge to 55 %: reached (SoC 60 %)");
  device_.handle(event::FullCharge{true}, now_);
  tell(1s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 100);
  EXPECT_EQ(text(q("/Info/ChargeMode")), "Bulk, full charge");
  EXPECT_TRUE(device_.charge_memory(now_)->full_wanted);
  device_.handle(event::FullCharge{false}, now_);
  tell(1s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 0);
}

TEST_F(ChargedBattery, StaysStoppedByAPersonWhileItIsSilent) {
  tell(1s);
  const std::set<std::string> nobody;
  const ManualWishes wishes{.stop_discharge = true};
  device_.handle(event::Wishes{wishes, nobody}, now_);
  now_ += 61s;
  device_.view(now_);
  EXPECT_EQ(shown(q("/Info/MaxDischargeCurrent")), 0);
  device_.handle(event::Wishes{{}, nobody}, now_);
  tell(1s);
  EXPECT_EQ(shown(q("/Info/MaxDischargeCurrent")), 150);
}

/// A bank of two packs that tell their extremes and no limits.
class ChargedBank : public testing::Test {
 protected:
  ChargedBank() {
    BankRules bank_rules;
    bank_rules.members = BankOf::batteries;
    bank_rules.standing.by_limits = true;
    bank_rules.bms.emplace();
    bank_rules.bms->of_batteries = true;
    bank_rules.bms->max_charge_current_a = bank_rules.bms->max_discharge_current_a = 200;
    bank_rules.charge = rules(200);
    bank_ = BankDevice(std::move(bank_rules));
    for (const char* name : {"Pack1", "Pack2"}) {
      WatchedMember member;
      member.snapshot = shunt(name, {{"/Dc/0/Voltage", 53.1},
                                     {"/Dc/0/Current", 10},
                                     {"/Soc", 60},
                                     {"/System/NrOfCellsPerBattery", 16},
                                     {"/System/MaxCellVoltage", 3.325},
                                     {"/System/MinCellVoltage", 3.315}});
      member.snapshot.texts.max_cell_id = "C7";
      member.snapshot.texts.min_cell_id = "C2";
      member.register_capacity_ah = 140;
      packs_.push_back(member);
    }
  }
  void after(std::chrono::seconds passed) {
    for (const Instant end = now_ + passed; now_ < end;) {
      now_ += 1s;
      const MemberNews news{.all = true, .changed = {}};
      bank_.handle(event::Members{packs_, news, true}, now_);
      bank_.view(now_);
    }
  }
  std::optional<double> shown(Quantity item) { return bank_.values().number(item); }
  std::string text(Quantity item) { return text_in(bank_.values(), item); }

  BankDevice bank_{BankRules{}};
  std::vector<WatchedMember> packs_;
  Instant now_{1h};
};

TEST_F(ChargedBank, DoesWhatAPersonWantsInTheSameTurn) {
  after(2s);
  const std::set<std::string> nobody;
  const auto want = [&](const ManualWishes& wishes) {
    bank_.handle(event::Wishes{wishes, nobody}, now_);
    bank_.view(now_);
  };
  want({.stop_discharge = true, .charge_to_percent = 55});
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 0);
  EXPECT_EQ(shown(q("/Info/MaxDischargeCurrent")), 0);
  EXPECT_EQ(text(q("/Info/ChargeLimitation")), "charge to 55 %: reached (SoC 60 %)");
  EXPECT_EQ(text(q("/Info/DischargeLimitation")), "a switch on the GX stops discharging");
  bank_.handle(event::FullCharge{true}, now_);
  bank_.view(now_);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 200);
  bank_.handle(event::FullCharge{false}, now_);
  want({.max_charge_current_a = 1000});
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 200);
  EXPECT_EQ(shown(q("/Info/MaxDischargeCurrent")), 150);
}

TEST_F(ChargedBank, IsABmsWithTheExtremesOfAllPacks) {
  after(2s);
  EXPECT_NEAR(shown(q("/Info/MaxChargeVoltage")).value(), 16 * 3.45, 1e-6);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 200);
  EXPECT_EQ(text(q("/Info/ChargeMode")), "Bulk");
  packs_[1].snapshot.values[q("/System/MaxCellVoltage")] = 3.45;
  after(1s);
  EXPECT_LE(shown(q("/Info/MaxChargeCurrent")).value(), 40);
  EXPECT_NE(text(q("/Info/ChargeLimitation")).find("highest cell Pack2 C7 3.450 V"),
            std::string::npos);
  packs_[1].snapshot.values[q("/System/MaxCellVoltage")] = 3.62;
  after(1s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 0);
  EXPECT_EQ(shown(q("/Alarms/HighCellVoltage")), 2);
}

TEST_F(ChargedBank, MissesACellThatAPackCountsNoMore) {
  after(2s);
  packs_[0].snapshot.values[q("/System/NrOfCellsPerBattery")] = 15;
  after(1s);
  EXPECT_LE(shown(q("/Info/MaxChargeCurrent")).value(), 20);
  EXPECT_NE(text(q("/Info/ChargeLimitation")).find("Pack1: 1 of 16 cells"), std::string::npos);
  EXPECT_NEAR(shown(q("/Info/MaxChargeVoltage")).value(), 16 * 3.375, 1e-6) << "as of all 16";
}

/// What is configured is for the bank as a whole: the other one does not get a blocked one's part.
TEST_F(ChargedBank, LeavesOnlyItsOwnPartToAPackBesideOneThatBlocks) {
  after(2s);
  packs_[1].snapshot.values[q("/Io/AllowToCharge")] = 0;
  packs_[1].snapshot.values[q("/Dc/0/Current")] = 0;
  after(1s);
  EXPECT_EQ(shown(q("/Info/MaxChargeCurrent")), 100);
  EXPECT_EQ(shown(q("/Info/MaxDischargeCurrent")), 150);
}

TEST_F(ChargedBank, DoesNotRaiseALimitForAPackThatIsLost) {
  packs_[1].snapshot.values[q("/System/MaxCellVoltage")] = 3.45;
  after(2s);
  const double before_a = shown(q("/Info/MaxChargeCurrent")).value();
  packs_.pop_back();
  after(20s);
  EXPECT_LE(shown(q("/Info/MaxChargeCurrent")).value(), before_a);
}

}  // namespace
}  // namespace dmb
