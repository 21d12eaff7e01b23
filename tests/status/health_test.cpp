// SPDX-License-Identifier: MIT
#include "dmb/status/health.h"

#include "samples.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace dmb::status {
namespace {

std::string all_text(const std::vector<Advice>& advice) {
  std::string text;
  for (const Advice& a : advice)
    text += (a.problem ? "! " : "- ") + a.subject + ": " + a.what + " -> " + a.todo + "\n";
  return text;
}

TEST(Health, HasNothingToSayWhenAllIsWell) {
  const Report report = live_report();
  EXPECT_EQ(all_text(advise(report)), "");
  EXPECT_EQ(verdict(report, advise(report)), Verdict::healthy);
}

struct Case {
  const char* what;
  std::function<void(ProcessStatus&)> change;
  std::vector<const char*> says;
  Verdict verdict = Verdict::degraded;
};

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    Report report = live_report();
    c.change(report.processes.front());
    const auto advice = advise(report);
    const std::string text = all_text(advice);
    EXPECT_EQ(verdict(report, advice), c.verdict) << c.what << "\n" << text;
    for (const char* part : c.says)
      EXPECT_NE(text.find(part), std::string::npos) << c.what << " lacks " << part << "\n" << text;
  }
}

TEST(Health, SaysWhatToDoAboutTheConfig) {
  const auto with = [](ConfigState state) {
    return [state](ProcessStatus& p) {
      p.config.state = state;
      p.config.errors = {"config.ini:2: [MQTT] broker_port: wrong"};
    };
  };
  check({{"waiting", with(ConfigState::waiting), {"1 error(s), so nothing runs", "read at once"}},
         {"outdated", with(ConfigState::outdated), {"goes on unchanged"}},
         {"missing", with(ConfigState::missing), {"- Config: there is no"}, Verdict::healthy},
         {"warned",
          [](ProcessStatus& p) { p.config.warnings = {"x"}; },
          {"- Config", "1 warning(s)"},
          Verdict::healthy}});
}

// The words of the error are for people: what to do must not depend on them.
TEST(Health, SaysWhatToDoAboutTheBrokerByTheKindOfItsTrouble) {
  const auto down = [](std::optional<BrokerTrouble> trouble) {
    return [trouble](ProcessStatus& p) {
      p.broker->connected = false;
      p.broker->trouble = trouble;
      p.broker->last_error = trouble ? "the broker refused certificate, user name and network" : "";
    };
  };
  const char* reload = "svc -h /service/dbus-mqtt-battery";
  check({{"not yet", down({}), {"no answer yet", "wait a few seconds"}},
         {"name", down(BrokerTrouble::name_not_found), {"name server", "IP address", reload}},
         {"network", down(BrokerTrouble::unreachable), {"the network are up", reload}},
         {"refused", down(BrokerTrouble::refused), {"start the broker", reload}},
         {"silent", down(BrokerTrouble::no_answer), {"the network are up", reload}},
         {"no broker", down(BrokerTrouble::no_broker), {"no MQTT broker", "tls_enabled", reload}},
         {"password", down(BrokerTrouble::login), {"correct username and password", reload}},
         {"client id", down(BrokerTrouble::client_id), {"accept the driver's client id"}},
         {"rejected", down(BrokerTrouble::rejected), {"the broker's own log"}},
         {"CA", down(BrokerTrouble::certificate), {"tls_path_to_ca", reload}},
         {"ours", down(BrokerTrouble::client_certificate), {"tls_path_to_cert", reload}},
         {"TLS", down(BrokerTrouble::tls), {"the broker's port for TLS", reload}},
         {"files", down(BrokerTrouble::tls_files), {"tls_path_to_ keys", reload}},
         {"lost", down(BrokerTrouble::lost), {"the network are up", reload}},
         {"dropped", down(BrokerTrouble::dropped), {"the same client id"}},
         {"rogue", down(BrokerTrouble::misbehaving), {"the broker's own log"}},
         {"stalled", down(BrokerTrouble::stalled), {"comes back by itself", "overloaded"}},
         {"memory", down(BrokerTrouble::internal), {"free memory"}}});
}

TEST(Health, IsNotWellWithASubscriptionThatTheBrokerRefuses) {
  check({{"refused",
          [](ProcessStatus& p) { p.broker->refused_subscriptions = {"home/battery"}; },
          {"! Broker: it refuses the subscription to home/battery", "access rules", "svc -h"}}});
}

TEST(Health, DoesNotAskForACableWhereAMonitorIsThere) {
  ProcessStatus process = live_process();
  process.aggregate->members.clear();
  process.aggregate->service.on_bus = false;
  process.aggregate->not_counted = {{"com.bmv", "BMV-712", "it is no SmartShunt", false}};
  process.aggregate->hints = {{.kind = BankHint::Kind::monitor_not_counted, .who = "BMV-712"}};
  EXPECT_EQ(all_text(advise(process)).find("cable"), std::string::npos);
}

TEST(Health, SaysWhatToDoAboutAMessageByTheKindOfItsFault) {
  const auto rejected = [](MessageFault fault) {
    return [fault](ProcessStatus& p) {
      p.batteries.front().last_fault = fault;
      p.batteries.front().last_rejection_age_s = 0;
      p.batteries.front().last_rejection = "not an object, not JSON, too little";
    };
  };
  check({{"JSON",
          rejected(MessageFault::not_json),
          {"valid JSON", "mosquitto_sub", "'home/battery'"}},
         {"depth", rejected(MessageFault::too_deep), {"nothing else to this topic"}},
         {"array", rejected(MessageFault::not_an_object), {"\"Soc\": 63"}},
         {"little", rejected(MessageFault::too_little), {"\"Soc\": 63"}},
         {"unknown", rejected(MessageFault::no_value), {"has no value: is its battery connected?"}},
         {"big", rejected(MessageFault::oversized), {"nothing else to this topic"}}});
}

TEST(Health, IsNotWellWithOneBatteryHeardByTwoFilters) {
  check({{"double",
          [](ProcessStatus& p) {
            p.batteries.push_back(live_battery());
            p.batteries.back().name = "Shed";
            p.batteries.back().topic = "home/+";
            p.batteries.back().topic_in_use = "home/battery";
          },
          {"! Shed: it and House are one battery", "both read home/battery"}}});
}

TEST(Health, IsNotWellWithOneBatteryShownTwice) {
  check({{"double",
          [](ProcessStatus& p) {
            p.batteries.push_back(live_battery());
            p.batteries.back().name = "Shed";
          },
          {"! Shed: it and House are one battery", "both read home/battery"}}});
}

TEST(Health, IsNotWellWithAChangedConfigThatNobodyRead) {
  Report report = live_report();
  report.config_digest = report.processes.front().config.digest;
  EXPECT_EQ(all_text(advise(report)), "");
  report.config_digest = "another";
  const auto advice = advise(report);
  EXPECT_EQ(verdict(report, advice), Verdict::degraded);
  EXPECT_NE(all_text(advice).find("has changed since it was read"), std::string::npos);
  report.processes.front().config.digest.clear();  // a version that does not tell
  EXPECT_EQ(all_text(advise(report)), "");
}

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

TEST(Health, SaysHowToStartWhatDoesNotRun) {
  Report report{.config_file = "/data/etc/dbus-mqtt-battery-2/config.ini"};
  const auto advice = advise(report);
  EXPECT_EQ(verdict(report, advice), Verdict::not_running);
  EXPECT_NE(all_text(advice).find("svc -u /service/dbus-mqtt-battery-2"), std::string::npos);
  EXPECT_NE(all_text(advice).find("/data/log/dbus-mqtt-battery-2/current"), std::string::npos);
  report.bus_trouble = "no connection to the D-Bus daemon";
  EXPECT_NE(all_text(advise(report)).find("on the GX device itself"), std::string::npos);
}

TEST(Health, TakesAMuteStrangerForAProblemOnlyWhenNoneOfOursAnswers) {
  Report report = live_report();
  report.others = {{9, "x (pid 9)", "", "it does not answer"}};
  EXPECT_EQ(verdict(report, advise(report)), Verdict::healthy);
  report.processes.clear();
  EXPECT_NE(all_text(advise(report)).find("! pid 9"), std::string::npos);
}

TEST(Health, MindsTwoProcessesWithOneConfig) {
  Report report = live_report();
  report.processes.push_back(live_process());
  EXPECT_EQ(verdict(report, advise(report)), Verdict::degraded);
}

TEST(Health, HintsAtTheMonitorTheSystemHasSelected) {
  Report report = live_report();
  report.system = {true, "com.victronenergy.battery/100", live_battery().service.name, true};
  EXPECT_EQ(all_text(advise(report)), "");
  report.system.battery_monitor = "com.victronenergy.battery.other";
  EXPECT_NE(all_text(advise(report)).find("- GX system: the selected battery monitor is"),
            std::string::npos);
  EXPECT_EQ(verdict(report, advise(report)), Verdict::healthy);
}

TEST(Health, IsNotWellWhenLimitsReachNoCharger) {
  struct Seen {
    const char* what;
    std::string bms;
    bool dvcc;
    const char* says;
  };
  for (const Seen& seen : {
           Seen{"DVCC off", live_battery().service.name, false, "! GX system: DVCC is off"},
           Seen{"another BMS", "com.victronenergy.battery.other", true,
                "the selected BMS is com.victronenergy.battery.other: the limits of House"},
           Seen{"none selected", "", true, "no BMS is selected: the limits of House"},
       }) {
    Report report = live_report();
    report.system = {true, "com.victronenergy.battery/100", seen.bms, seen.dvcc};
    const std::string text = all_text(advise(report));
    EXPECT_NE(text.find(seen.says), std::string::npos) << seen.what << text;
    EXPECT_EQ(verdict(report, advise(report)), Verdict::degraded) << seen.what;
    report.processes.front().batteries.clear();  // a monitor needs neither
    EXPECT_EQ(verdict(report, advise(report)), Verdict::healthy) << seen.what;
  }
}

TEST(Health, HintsAtABmsOfOursThatAnotherOfOursStandsBefore) {
  Report report = live_report();
  report.processes.front().batteries.push_back(live_battery());
  BatteryStatus& second = report.processes.front().batteries.back();
  second.name = "Shed";
  second.topic = "shed/battery";
  second.service = {"com.victronenergy.battery.shed", 101, true, ""};
  report.system = {true, "com.victronenergy.battery/100", live_battery().service.name, true};
  EXPECT_NE(all_text(advise(report)).find("- GX system: the selected BMS is "), std::string::npos);
  EXPECT_NE(all_text(advise(report)).find("the limits of Shed reach no charger"),
            std::string::npos);
  EXPECT_EQ(verdict(report, advise(report)), Verdict::healthy);
}

TEST(Health, KnowsTheInstallersFolderAndNoOther) {
  EXPECT_EQ(commands_for("/data/etc/x/config.ini", 5).restart, "svc -t /service/x");
  for (const char* file : {"/data/etc/config.ini", "/data/etc//config.ini",
                           "/data/etc/a/b/config.ini", "/home/a/config.ini", "config.ini", ""})
    EXPECT_EQ(commands_for(file, 5).reload, "kill -HUP 5") << file;
}

}  // namespace
}  // namespace dmb::status
