// SPDX-License-Identifier: MIT
#include "health_check.h"

namespace dmb::status {
namespace {

BatteryStatus& battery(ProcessStatus& p) {
  return p.batteries.front();
}

void wait_for_first(ProcessStatus& p) {
  battery(p) = {.name = "House", .topic = "home/battery", .timeout_s = 60};
}

TEST(Health, SaysWhatABatteryWaitsFor) {
  check({{"nothing",
          wait_for_first,
          {"no message on topic home/battery yet", "mosquitto_sub -v -h 192.168.1.5 -p 1883"}},
         {"unusable",
          [](ProcessStatus& p) {
            wait_for_first(p);
            battery(p).rejected = 1;
            battery(p).last_rejection = "the payload has no Soc";
          },
          {"none can be used: the payload has no Soc", "\"Soc\": 63"}},
         {"retained",
          [](ProcessStatus& p) {
            wait_for_first(p);
            battery(p).accepted = 1;
          },
          {"stored (retained)", "timeout = 0"}}});
}

TEST(Health, BlamesOnlyTheBrokerForABatteryThatNeverHeardAnything) {
  ProcessStatus process = live_process();
  wait_for_first(process);
  process.broker->connected = false;
  const auto advice = advise(process);
  ASSERT_EQ(advice.size(), 1U) << all_text(advice);
  EXPECT_EQ(advice.front().subject, "Broker");
}

TEST(Health, SaysWhatIsWrongWithABattery) {
  check({{"holding",
          [](ProcessStatus& p) {
            battery(p).life = Life::Phase::holding;
            battery(p).last_sign_age_s = 65;
          },
          {"no valid message for 1 min 5 s; charging is stopped", "home/battery"}},
         {"gone",
          [](ProcessStatus& p) {
            battery(p).life = Life::Phase::gone;
            battery(p).last_rejection = "not JSON";
            battery(p).rejected = 9;
            battery(p).last_rejection_age_s = 0.1;
          },
          {"it has left the bus", "What arrived since cannot be used: not JSON"}},
         {"taken",
          [](ProcessStatus& p) {
            battery(p).service = {"com.x", 100, false, "y (pid 7)"};
          },
          {"com.x is taken by y (pid 7)", "service_name"}},
         {"not yet",
          [](ProcessStatus& p) { battery(p).service.on_bus = false; },
          {"not on the bus yet", "tail -F /data/log/dbus-mqtt-battery/current | tai64nlocal"}},
         {"limit",
          [](ProcessStatus& p) {
            battery(p).limits.max_charge_current_a = LimitStatus{0, "charging is stopped", true};
          },
          {"CCL: charging is stopped", "in every message"}},
         {"wrong CVL",
          [](ProcessStatus& p) {
            battery(p).limits.max_charge_current_a = LimitStatus{0, "it does not fit", true};
            battery(p).charge_voltage_refused = true;
          },
          {"CCL: it does not fit", "0.85 to 1.4 times"}},
         {"feed-in",
          [](ProcessStatus& p) {
            battery(p).limits.max_charge_voltage_v = LimitStatus{53.1, "charging goes on", true};
            battery(p).stop_not_obeyed = true;
          },
          {"CVL: charging goes on", "Feed-in of DC-coupled PV"}},
         {"wildcards",
          [](ProcessStatus& p) {
            battery(p).other_topics = {"home/b", "home/c"};
          },
          {"brings other batteries too", "home/b, home/c", "[BATTERY name] with topic = home/b"},
          Verdict::healthy},
         {"newest",
          [](ProcessStatus& p) {
            battery(p).last_sign_age_s = 5;
            battery(p).last_rejection_age_s = 1;
            battery(p).last_rejection = "no Soc";
          },
          {"newest message cannot be used: no Soc; without a good one for 60 s"}},
         {"recovered",
          [](ProcessStatus& p) { battery(p).last_rejection_age_s = 1000; },
          {},
          Verdict::healthy}});
}

AggregateStatus& bank(ProcessStatus& p) {
  return *p.aggregate;
}

TEST(Health, IsNotWellWithFieldsThatCannotBeUsedOrDoNotFitTogether) {
  ProcessStatus process = live_process();
  process.batteries[0].doubts = {"Soh is nonsense", "Dc/0/Power is wrong"};
  for (const auto phase : {Life::Phase::live, Life::Phase::waiting}) {
    process.batteries[0].life = phase;
    std::string told;
    for (const Advice& advice : advise(process))
      if (advice.problem) told += advice.subject + ": " + advice.what + " -> " + advice.todo + "\n";
    EXPECT_NE(told.find("House: Soh is nonsense -> correct it in what publishes to home/battery"),
              std::string::npos)
        << told;
    EXPECT_NE(told.find("House: Dc/0/Power is wrong"), std::string::npos) << told;
  }
}

TEST(Health, SaysWhatIsWrongWithTheAggregate) {
  const NotCountedStatus excluded{"s", "n", "exclude_shunts names it", false};
  const auto nobody = [](ProcessStatus& p) { bank(p).members.clear(); };
  check({{"nobody", nobody, {"there is no SmartShunt", "VE.Direct"}},
         {"looking",
          [&](ProcessStatus& p) {
            nobody(p);
            bank(p).looked_round = false;
          },
          {"still looks"}},
         {"all excluded",
          [&](ProcessStatus& p) {
            nobody(p);
            bank(p).not_counted = {excluded};
          },
          {"see below what is not counted"}},
         {"a BMV alone",
          [&](ProcessStatus& p) {
            nobody(p);
            bank(p).not_counted = {{"com.bmv", "BMV-712", "it is no SmartShunt", false}};
            bank(p).hints = {{.kind = BankHint::Kind::monitor_not_counted, .who = "BMV-712"}};
          },
          {"add it to include_shunts"}},
         {"no voltage",
          [&](ProcessStatus& p) {
            bank(p).service.on_bus = false;
            for (MemberStatus& member : bank(p).members) member.voltage_v.reset();
          },
          {"no shunt tells a voltage", "red wire"}},
         {"no number yet",
          [&](ProcessStatus& p) {
            bank(p).service.on_bus = false;
            bank(p).service.instance.reset();
          },
          {"has not given it a number yet"}},
         {"last lost",
          [&](ProcessStatus& p) {
            nobody(p);
            bank(p).holding = true;
            bank(p).lost = 2;
            bank(p).missing = {"Bow (HQ1)", "HQ2"};
          },
          {"charging is stopped (CCL 0)", "2 shunt(s) missing: Bow (HQ1), HQ2",
           "/data/etc/dbus-mqtt-battery/dbus-mqtt-battery --forget NAME"}},
         {"hung",
          [](ProcessStatus& p) {
            bank(p).not_counted = {{"com.s", "n", "", true}};
          },
          {"com.s does not answer"}},
         {"excluded",
          [&](ProcessStatus& p) { bank(p).not_counted = {excluded}; },
          {},
          Verdict::healthy},
         {"hints",
          [](ProcessStatus& p) {
            using Kind = BankHint::Kind;
            bank(p).hints = {{Kind::soc_differs, "Bow", "Stern", 80.4, 50},
                             {Kind::time_to_go_differs, "Bow", "Stern", 7200, 3600},
                             {Kind::charged_voltage_differs, "Bow", "Stern", 56.4, 55.2},
                             {Kind::capacity_differs, "", "", 500, 400},
                             {Kind::current_opposite, "Bow", "", 12, -30},
                             {Kind::not_synchronised, "Bow", "", {}, {}},
                             {Kind::alarms_missing, "Bow", "/Alarms/LowSoc", {}, {}},
                             {Kind::monitor_not_counted, "BMV-712 Smart [4]", "", {}, {}},
                             {Kind::entry_matches_nothing, "Baot", "", {}, {}}};
          },
          {"- Bank: the states of charge differ: Bow 80 %, Stern 50 % ->",
           "the times to go differ: Bow 2 h, Stern 1 h ->",
           "charged voltages differ: Bow 56.4 V, Stern 55.2 V ->",
           "total_capacity is 500 Ah, the shunts' sum 400 Ah ->",
           "the current of Bow (12.0 A) has been opposite to all others' (-30.0 A) for ten minutes",
           "Bow knows no state of charge: it is not synchronised -> charge the battery full",
           "BMV-712 Smart [4] is a battery monitor and not counted", "add it to include_shunts",
           "names \"Baot\", and nothing is called so"},
          Verdict::healthy},
         {"stopped",
          [](ProcessStatus& p) {
            bank(p).limits.max_charge_current_a = LimitStatus{0, "Bow: high voltage alarm", true};
          },
          {"charging is stopped: Bow: high voltage alarm"}},
         {"shrunk",
          [](ProcessStatus& p) {
            bank(p).limits.max_discharge_current_a = LimitStatus{50, "1 of 2 shunts lost", true};
          },
          {"discharging is limited: 1 of 2 shunts lost"}},
         {"capacity",
          [](ProcessStatus& p) { bank(p).capacity_ah.reset(); },
          {"- Bank: the capacity", "total_capacity"},
          Verdict::healthy},
         {"still",
          [](ProcessStatus& p) { bank(p).members.front().last_signal_age_s = 700; },
          {"- Bank", "nothing new for 11 min"},
          Verdict::healthy}});
}

}  // namespace
}  // namespace dmb::status
