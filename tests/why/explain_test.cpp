// SPDX-License-Identifier: MIT
#include "dmb/why/explain.h"

#include "scene.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

namespace dmb::why {
namespace {

struct Situation {
  const char* what;
  void (*change)(Scene&);
  const char* line;
  Outcome outcome = Outcome::limited;
};

const Situation kSituations[] = {
    {"all is well", [](Scene&) {},
     "charging 12 A: highest cell C7 3.451 V allows 20 A; Roof gives 12 A (all the sun there is)",
     Outcome::nothing_limits},
    {"the limit is used up",
     [](Scene& s) { s.house().values.current_a = s.roof().current_a = 19.6; },
     "charging 19.6 A: highest cell C7 3.451 V allows 20 A; Roof gives 19.6 A (all the sun there "
     "is)"},
    {"stopped by silence",
     [](Scene& s) {
       s.ccl() = {0, "charging is stopped: the battery is silent", true};
       s.house().values.current_a = s.roof().current_a = s.roof().told_current_a = 0;
     },
     "not charging: CCL 0 A (the battery is silent); Roof gives 0 A, as told; Multi has no AC "
     "input"},
    {"night",
     [](Scene& s) {
       s.house().values.current_a = s.roof().current_a = s.roof().state = s.roof().tracker = 0;
       s.roof().off_reason = 1;
       s.ccl() = {100, "as configured"};
     },
     "not charging: CCL 100 A (as configured); Roof sleeps (no sun); Multi has no AC input",
     Outcome::nothing_limits},
    {"a remote switch",
     [](Scene& s) {
       s.house().values.current_a = s.roof().current_a = s.roof().state = 0;
       s.roof().off_reason = 8;
     },
     "not charging: highest cell C7 3.451 V allows 20 A; Roof is switched off; Multi has no AC "
     "input"},
    {"a rating",
     [](Scene& s) {
       s.house().values.current_a = s.roof().current_a = 34.6;
       s.ccl() = {100, "as configured"};
     },
     "charging 34.6 A: CCL 100 A (as configured); Roof gives 34.6 A, the most it is set to"},
    {"an error", [](Scene& s) { s.roof().error = 67; },
     "charging 12 A: highest cell C7 3.451 V allows 20 A; Roof: error 67, it has lost its BMS"},
    {"the owner's limit", [](Scene& s) { s.gx.settings->max_charge_current_a = 10; },
     "charging 12 A: the GX's own limit allows 10 A (Settings > System setup > DVCC > Limit charge "
     "current); Roof gives 12 A (all the sun there is)"},
    {"DVCC is off", [](Scene& s) { s.gx.system->dvcc = 0; },
     "charging 12 A: DVCC is off: chargers go by their own settings; Roof gives 12 A (all the sun "
     "there is)"},
    {"DVCC is off where systemcalc does not tell",
     [](Scene& s) {
       s.gx.system->dvcc.reset();
       s.gx.settings->bol = 2;
     },
     "charging 12 A: DVCC is off: chargers go by their own settings; Roof gives 12 A (all the sun "
     "there is)"},
    {"no systemcalc", [](Scene& s) { s.gx.system.reset(); },
     "charging 12 A: com.victronenergy.system is not there: nobody hands limits to the chargers; "
     "Roof gives 12 A (all the sun there is)"},
    {"systemcalc hangs", [](Scene& s) { s.gx.silent = {"com.victronenergy.system"}; },
     "charging 12 A: com.victronenergy.system does not answer: it hands nothing to the chargers; "
     "highest cell C7 3.451 V allows 20 A; Roof gives 12 A (all the sun there is)"},
    {"another controls",
     [](Scene& s) {
       s.add_other();
       s.gx.system->bms = "com.victronenergy.battery.ttyUSB0";
       s.gx.settings->bms_instance = 1;
     },
     "charging 12 A: JK controls the chargers, not House (chosen on the GX); CCL 30 A (cell 3); "
     "Roof gives 12 A (all the sun there is); 2 batteries give limits, and only those of JK count"},
    {"two BMSes", [](Scene& s) { s.add_other(); },
     "charging 12 A: highest cell C7 3.451 V allows 20 A; Roof gives 12 A (all the sun there is); "
     "2 batteries give limits, and only those of House count",
     Outcome::nothing_limits},
    {"members of a bank give limits too",
     [](Scene& s) {
       s.add_other();
       status::AggregateStatus bank{.name = "Packs", .service = s.house().service};
       bank.values = s.house().values;
       bank.limits = s.house().limits;
       bank.members = {{.service = "com.victronenergy.battery.ttyUSB0", .name = "JK"}};
       s.processes.front() = {.banks = {bank}};
     },
     "charging 12 A: highest cell C7 3.451 V allows 20 A; Roof gives 12 A (all the sun there is)",
     Outcome::nothing_limits},
    {"no BMS is wanted",
     [](Scene& s) {
       s.gx.settings->bms_instance = -255;
       s.gx.system->bms.clear();
     },
     "charging 12 A: the GX is set to no BMS: chargers go by their own settings; Roof gives 12 A "
     "(all the sun there is)"},
    {"a monitor",
     [](Scene& s) {
       s.house().limits = {};
       s.gx.system->bms.clear();
       s.roof().had_bms = 0;
     },
     "charging 12 A: no battery gives a CVL: chargers go by their own settings; Roof gives 12 A "
     "(all the sun there is)"},
    {"the BMS is lost",
     [](Scene& s) {
       s.house().service.on_bus = false;
       s.house().life = Life::Phase::gone;
       s.house().last_sign_age_s = 320;
       s.house().limits = {};
       s.house().values = {};
       s.gx.system->bms.clear();
       s.roof().error = 67;
     },
     "not charging: House is not on the bus: no message for 5 min 20 s; no battery gives a CVL any "
     "more: chargers that had a BMS stop; Roof: error 67, it has lost its BMS; Multi has no AC "
     "input"},
    {"full",
     [](Scene& s) {
       s.house().values.voltage_v = 55.1;
       s.house().values.current_a = s.roof().current_a = 3;
       s.roof().tracker = 1;
       s.house().limits.charge_control = "Absorption, 12 min left";
     },
     "charging 3 A: CVL 55.2 V is reached, the battery has 55.1 V (Absorption, 12 min left); Roof "
     "gives 3 A, held by its charge voltage"},
    {"nearly full, and all the sun there is", [](Scene& s) { s.house().values.voltage_v = 55.15; },
     "charging 12 A: highest cell C7 3.451 V allows 20 A; Roof gives 12 A (all the sun there is)",
     Outcome::nothing_limits},
    {"the owner's voltage",
     [](Scene& s) {
       s.gx.settings->max_charge_voltage_v = 53.2;
       s.house().values.current_a = s.roof().current_a = 3;
       s.roof().tracker = 1;
     },
     "charging 3 A: CVL 53.2 V is reached, the battery has 53.1 V (the GX's own limit); Roof gives "
     "3 A, held by its charge voltage"},
    {"feed-in",
     [](Scene& s) {
       s.gx.settings->feed_in = 1;
       s.multi().ess = 5;
       s.multi().ac_connected = 1;
       s.ccl() = {0, "as the payload gives it"};
       s.roof().told_current_a = 35;
     },
     "charging 12 A: CCL 0 A (as the payload gives it); feed-in of DC-coupled PV is on: solar "
     "chargers go by CVL 55.2 V alone; Roof gives 12 A (all the sun there is)"},
    {"a stop is not obeyed",
     [](Scene& s) {
       s.ccl() = {0, "as the payload gives it"};
       s.cvl() = {52.3, "lowered: charging goes on although CCL is 0", true};
       s.house().values.voltage_v = 52.0;
     },
     "charging 12 A: CCL 0 A (as the payload gives it); CVL 52.3 V, lowered: charging goes on "
     "although CCL is 0; Roof gives 12 A (all the sun there is)"},
    {"inverter only", [](Scene& s) { s.multi().mode = 2; },
     "charging 12 A: highest cell C7 3.451 V allows 20 A; Roof gives 12 A (all the sun there is); "
     "Multi is set to inverter only: it does not charge"},
    {"nothing of ours runs",
     [](Scene& s) {
       s.processes.clear();
       s.add_other();
       s.gx.system->bms = "com.victronenergy.battery.ttyUSB0";
     },
     "charging 12 A: dbus-mqtt-battery does not run; CCL 30 A (cell 3); Roof gives 12 A (all the "
     "sun there is)"},
    {"ours hangs",
     [](Scene& s) {
       s.processes.clear();
       s.gx.own_trouble = "it does not answer within 3 s";
       s.add_other();
       s.gx.system->bms = "com.victronenergy.battery.ttyUSB0";
     },
     "charging 12 A: dbus-mqtt-battery runs and tells nothing: it does not answer within 3 s; CCL "
     "30 A (cell 3); Roof gives 12 A (all the sun there is)"},
    {"may not be discharged",
     [](Scene& s) {
       s.dcl() = {0, "lowest cell C3 2.79 V: 0 A", false};
       s.house().values.current_a = 0;
     },
     "not discharging: DCL 0 A (lowest cell C3 2.79 V)"},
    {"may not be discharged, but is charged",
     [](Scene& s) {
       s.dcl() = {0, "lowest cell C3 2.79 V: 0 A", false};
     },
     "charging 12 A: highest cell C7 3.451 V allows 20 A; Roof gives 12 A (all the sun there is)"},
    {"ESS keeps what is left",
     [](Scene& s) {
       s.gx.system->low_soc = 1;
       s.gx.settings->min_soc_percent = 20;
       s.house().values.current_a = 0;
     },
     "not discharging: ESS keeps what is left: its minimum SoC is 20 %"},
    {"charger only",
     [](Scene& s) {
       s.multi().mode = 1;
       s.house().values.current_a = 0;
     },
     "not discharging: Multi is set to charger only: it takes nothing from the battery"},
    {"the inverter takes all DCL allows",
     [](Scene& s) {
       s.house().values.current_a = -110;
       s.multi().current_a = -122;
     },
     "discharging 110 A: DCL 120 A (as the payload gives it)"},
};

TEST(Explain, SaysWhatLimitsInOneLine) {
  for (const Situation& situation : kSituations) {
    SCOPED_TRACE(situation.what);
    Scene scene;
    situation.change(scene);
    const Why why = scene.why();
    EXPECT_EQ(verdict(why), situation.line);
    EXPECT_EQ(outcome(why), situation.outcome);
  }
}

TEST(Explain, SaysWhatWouldChangeIt) {
  Scene scene;
  scene.house().values.current_a = 20;
  const Why why = scene.why();
  EXPECT_EQ(why.charge.clauses.front().todo, "without that: CCL 100 A (as configured)");
  scene.gx.settings->max_charge_current_a = 10;
  EXPECT_EQ(scene.why().charge.clauses.front().todo,
            "raise it there; then: highest cell C7 3.451 V allows 20 A");
}

TEST(Explain, KeepsAReasonThatIsNoMeasurementInBrackets) {
  const std::pair<const char*, const char*> said[] = {
      {"not known: 1 of 16 cells: 10 A", "CCL 10 A (not known: 1 of 16 cells)"},
      {"highest cell C7 3.40 V: 10 A (over, more follows)",
       "highest cell C7 3.40 V (over, more follows) allows 10 A"},
      {"1 of 2 shunts lost: limited to 50 %", "CCL 10 A (1 of 2 shunts lost: limited to 50 %)"},
      {"", "CCL 10 A"}};
  for (const auto& [why, line] : said) {
    Scene scene;
    scene.ccl() = {10, why};
    EXPECT_EQ(scene.why().charge.clauses.front().text, line);
  }
}

TEST(Explain, TellsTheWholeChainAndWhoDecides) {
  const auto chains = Scene().why().chains;
  ASSERT_EQ(chains.size(), 3U);
  const Chain expected{"CCL",
                       "A",
                       {{"House", 100, "as configured", false},
                        {"House", 20, "highest cell C7 3.451 V", true},
                        {"Roof", 20, "is told"},
                        {"Roof", 12, "measured"},
                        {"Multi", 8, "is told"},
                        {"Multi", 0, "measured"},
                        {"House", 12, "measured"}}};
  EXPECT_EQ(chains[0], expected);
}

TEST(Explain, TellsTheGuardsPartBehindTheVotes) {
  Scene scene;
  scene.cvl() = {52.3, "lowered", true, {{55.2, "as the payload gives it"}}};
  const Chain chain = scene.why().chains[2];
  EXPECT_EQ(chain.steps[0], (Step{"House", 55.2, "as the payload gives it", false}));
  EXPECT_EQ(chain.steps[1], (Step{"House", 52.3, "lowered", true}));
}

TEST(Explain, LetsTheLowerLimitOfTheGxDecide) {
  Scene scene;
  scene.gx.settings->max_charge_current_a = 10;
  const Chain chain = scene.why().chains[0];
  std::vector<std::string> deciding;
  for (const Step& step : chain.steps)
    if (step.decides) deciding.push_back(step.who);
  EXPECT_EQ(deciding, std::vector<std::string>{"GX settings"});
}

TEST(Explain, FindsABatteryByAnyOfItsNames) {
  Scene scene;
  scene.add_other();
  for (const char* name :
       {"JK", "com.victronenergy.battery.ttyUSB0", "ttyUSB0", "1", "com.victronenergy.battery/1"})
    EXPECT_EQ(scene.why(name).battery, "JK") << name;
  EXPECT_EQ(scene.why("100").battery, "House");
  const Why none = scene.why("Stern");
  EXPECT_EQ(none.trouble, "no battery is called Stern: there are House, JK");
  EXPECT_EQ(outcome(none), Outcome::nothing_to_explain);
}

TEST(Explain, OfOneThatDoesNotControlShowsBoth) {
  Scene scene;
  scene.add_other();
  scene.gx.system->bms = "com.victronenergy.battery.ttyUSB0";
  scene.house().trial.emplace();
  const Why why = explain(scene.gx, scene.processes, "House");
  ASSERT_FALSE(why.charge.clauses.empty());
  EXPECT_EQ(why.charge.clauses.front().text, "JK controls the chargers, not House");
  EXPECT_EQ(why.charge.clauses.front().todo,
            "if House is to: take control = 0 out of its section; how its limits differ: --status");
  const Step would{"House", 20, "would be its limit (control = 0)", false};
  ASSERT_GE(why.chains.front().steps.size(), 2U);
  EXPECT_EQ(why.chains.front().steps[0], would);
  EXPECT_EQ(why.chains.front().steps[1], (Step{"JK", 30, "cell 3", true}));
  for (const Clause& clause : why.charge.clauses)
    EXPECT_NE(clause.id, "several_bms") << "nobody else sees its limits";
}

TEST(Explain, OfOneThatDoesNotControlSaysWhatWouldMakeItABms) {
  Scene scene;
  scene.gx.system->bms.clear();
  scene.gx.chargers.front().had_bms = 0;
  scene.house().trial.emplace();
  const Why why = explain(scene.gx, scene.processes, "House");
  ASSERT_FALSE(why.charge.clauses.empty());
  EXPECT_EQ(why.charge.clauses.front().id, "no_bms");
  EXPECT_TRUE(why.charge.clauses.front().todo.starts_with("if House is to: take control = 0"));
}

TEST(Explain, PrefersTheOneOfOursThatControls) {
  Scene scene;
  status::BatteryStatus second = scene.house();
  second.name = "Bow";
  second.service = {"com.victronenergy.battery.bow", 101, true};
  scene.processes.front().batteries.push_back(second);
  EXPECT_EQ(scene.why().battery, "House");
  scene.gx.system->bms = "com.victronenergy.battery.bow";
  EXPECT_EQ(scene.why().battery, "Bow");
}

TEST(Explain, HasNothingToSayOfNothing) {
  const Why why = explain({}, {}, "");
  EXPECT_EQ(why.trouble, "dbus-mqtt-battery does not run, and no battery is on the bus");
  EXPECT_EQ(outcome(why), Outcome::nothing_to_explain);
}

TEST(Explain, GroupsChargersThatDoTheSame) {
  Scene scene;
  scene.gx.chargers.push_back(scene.roof());
  EXPECT_NE(verdict(scene.why()).find("2 chargers give 24 A (all the sun there is)"),
            std::string::npos);
}

/// Whatever is missing or odd, there is an answer, and it is about the same battery.
TEST(Explain, StandsAnyFactMissingOrOdd) {
  std::vector<std::optional<double>> odd{std::nullopt, -1e6, -1, -0.0, 1, 64, 252, 1e6};
  for (const auto& value : odd) {
    Scene scene;
    ChargerFacts& roof = scene.roof();
    roof.off_reason = roof.error = roof.own_limit_a = roof.state = roof.told_current_a = value;
    scene.multi().error = scene.multi().current_a = scene.gx.settings->bol = value;
    scene.gx.settings->min_soc_percent = value;
    scene.gx.system->low_soc = 1;
    scene.house().limits = {};
    const Why why = scene.why();
    EXPECT_EQ(why.battery, "House");
    EXPECT_FALSE(verdict(why).empty());
    EXPECT_FALSE(render(why).empty());
  }
}

}  // namespace
}  // namespace dmb::why
