// SPDX-License-Identifier: MIT
#include "health_check.h"

namespace dmb::status {
namespace {

TEST(Health, HasNothingToSayWhenAllIsWell) {
  const Report report = live_report();
  EXPECT_EQ(all_text(advise(report)), "");
  EXPECT_EQ(verdict(report, advise(report)), Verdict::healthy);
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

TEST(Health, IsNotWorseForABrokerThatGetsNothingPublished) {
  const auto down = [](ProcessStatus& p) {
    p.publish->connected = false;
    p.publish->trouble = BrokerTrouble::login;
    p.publish->last_error = "wrong password";
  };
  const auto same = [down](ProcessStatus& p) {
    p.publish = p.broker;
    down(p);
  };
  check({{"its own",
          down,
          {"- Publishing: no connection to ha.local:8883", "wrong password; nothing is published",
           "in [PUBLISH] of"},
          Verdict::healthy},
         {"the same",
          same,
          {"- Publishing: no connection to 192.168.1.5", "in [MQTT] of"},
          Verdict::healthy}});
  ProcessStatus process = live_process();
  same(process);
  process.broker->connected = false;
  EXPECT_EQ(all_text(advise(process)).find("Publishing"), std::string::npos);  // once is enough
}

TEST(Health, IsNotWorseForARecordingThatCannotBeWritten) {
  check({{"full",
          [](ProcessStatus& p) { p.recording->trouble = "No space left on device"; },
          {"- Recording: /run/media/sda1/boat.jsonl cannot be written: No space left on device",
           "make room there"},
          Verdict::healthy}});
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

TEST(Health, IsNotWellWhenTheLimitsOfABankReachNoCharger) {
  Report report = live_report();
  report.processes.front().batteries.clear();
  report.processes.front().banks.front().limits.max_charge_voltage_v = LimitStatus{56.0, "", false};
  report.system = {true, "com.victronenergy.battery/110", "com.victronenergy.battery.other", true};
  EXPECT_NE(all_text(advise(report)).find("the limits of Packs reach no charger"),
            std::string::npos);
  EXPECT_EQ(verdict(report, advise(report)), Verdict::degraded);
  report.system.bms = live_bank().service.name;
  EXPECT_EQ(verdict(report, advise(report)), Verdict::healthy) << all_text(advise(report));
}

TEST(Health, IsWellWhereWhatDoesNotControlReachesNoCharger) {
  Report report = live_report();
  report.processes.front().batteries.front().trial.emplace();
  report.processes.front().banks.front().trial.emplace();
  report.processes.front().banks.front().virtual_bms = false;
  report.system = {true, "com.victronenergy.battery/100", "com.victronenergy.battery.other", true};
  EXPECT_EQ(verdict(report, advise(report)), Verdict::healthy) << all_text(advise(report));
  EXPECT_EQ(all_text(advise(report)).find("it shows no limits"), std::string::npos);
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

TEST(Health, OfABankNamesTheBatteryAndWhatToDo) {
  check({
      {"a member is lost",
       [](ProcessStatus& p) {
         p.banks.front().lost = 1;
         p.banks.front().missing = {"Pack3"};
       },
       {"! Packs: 1 of its batteries is lost: Pack3", "--forget NAME"}},
      {"a member blocks",
       [](ProcessStatus& p) {
         p.banks.front().limits.max_charge_current_a =
             LimitStatus{0, "Pack2 does not charge: too cold", true};
       },
       {"! Packs: charging is stopped: Pack2 does not charge: too cold -> look at that battery;"}},
      {"no limits are known",
       [](ProcessStatus& p) { p.banks.front().virtual_bms = false; },
       {"- Packs: it shows no limits", "max_charge_voltage"},
       Verdict::healthy},
      {"there is nothing to combine",
       [](ProcessStatus& p) {
         p.banks.front().members.clear();
         p.banks.front().service.on_bus = false;
       },
       {"! Packs: none of its batteries is heard"}},
      {"a battery is not to be on the bus itself",
       [](ProcessStatus& p) { p.batteries.front().service = {.hidden = true}; },
       {},
       Verdict::healthy},
  });
}

}  // namespace
}  // namespace dmb::status
