// SPDX-License-Identifier: MIT
// For whom a [CHARGE CONTROL] section is, and what is told about it.
#include "dmb/config/known_keys.h"
#include "support.h"

namespace dmb {
namespace {

using test::config_of;
using test::contains;

constexpr const char* kMaxima = "max_charge_current = 100\nmax_discharge_current = 150\n";

std::string packs() {
  return "[MQTT]\nbroker_address = b\n[BATTERY Pack1]\ntopic = p1\ndevice_instance = 101\n"
         "[BATTERY Pack2]\ntopic = p2\ndevice_instance = 102\n";
}
std::string bank(const std::string& lines = "") {
  return "[BANK House]\n" + lines;
}
std::string shunts(const std::string& lines = "") {
  return "[SMARTSHUNTS]\ndevice_mode = virtual-bms\nmax_charge_voltage = 56\n" + lines;
}
std::string control(const std::string& lines = kMaxima) {
  return "[CHARGE CONTROL]\n" + lines;
}
std::string control_of(const std::string& name, const std::string& lines = kMaxima) {
  return "[charge control " + name + "]\n" + lines;
}

ChargeRules rules(double in_a = 100, double out_a = 150, Chemistry chemistry = Chemistry::lfp) {
  ChargeRules rules(chemistry);
  rules.max_charge_current_a = in_a;
  rules.max_discharge_current_a = out_a;
  return rules;
}

/// Who is controlled: batteries, then banks, then the shunts.
std::string controlled(const Config& config) {
  std::string names;
  for (const auto& battery : config.batteries)
    if (battery.charge_control) names += battery.device_name + " ";
  for (const auto& one : config.banks)
    if (one.charge_control) names += one.device_name + " ";
  if (config.shunts && config.shunts->charge_control) names += config.shunts->device_name + " ";
  return names;
}

TEST(ChargeControlSection, IsForTheBanksElseTheBatteriesElseTheShunts) {
  EXPECT_EQ(controlled(config_of(packs() + bank() + shunts())), "");
  EXPECT_EQ(controlled(config_of(packs() + bank() + shunts() + control())), "House ");
  EXPECT_EQ(controlled(config_of(bank("control = 0\n") + control())), "House ") << "for comparison";
  EXPECT_EQ(controlled(config_of(packs() + shunts() + control())), "Pack1 Pack2 ");
  EXPECT_EQ(controlled(config_of(shunts() + control(std::string(kMaxima) + "cells = 16\n"))),
            "Aggregate BMS ");
  const Config config = config_of(test::mqtt_config() + control());
  EXPECT_EQ(config.batteries.at(0).charge_control, rules());
}

TEST(ChargeControlSection, WithANameIsForThatBatteryOrBank) {
  EXPECT_EQ(controlled(config_of(packs() + bank() + control_of("pack2"))), "Pack2 ");
  EXPECT_EQ(controlled(config_of(packs() + bank() + control_of("House"))), "House ");
  EXPECT_EQ(controlled(config_of(packs() + bank() + control() + control_of("Pack1"))),
            "Pack1 House ");
  EXPECT_EQ(controlled(config_of(test::mqtt_config() + bank() + control_of("mqtt"))),
            "MQTT Battery ");
  EXPECT_EQ(controlled(config_of(packs() + shunts() +
                                 control_of("SmartShunts", std::string(kMaxima) + "cells = 16\n"))),
            "Aggregate BMS ");
}

TEST(ChargeControlSection, WithANameHasTheRestFromTheOneWithout) {
  const std::string common = control(std::string(kMaxima) + "cell_full = 3.47\nfull_for = 5 min\n");
  const Config config =
      config_of(packs() + common + control_of("Pack2", "MAX_CELL_VOLTAGE = 3.43\n"));
  ChargeRules expected = rules();
  expected.full_for = std::chrono::minutes(5);
  expected.cell_full_v = 3.47;
  EXPECT_EQ(config.batteries.at(0).charge_control, expected);
  expected.cell_full_v = 3.43;
  EXPECT_EQ(config.batteries.at(1).charge_control, expected);
}

TEST(ChargeControlSection, OfAnotherChemistryHasItsNumbers) {
  const Config config =
      config_of(packs() + control(std::string(kMaxima) + "cell_full = 3.47\ncells = 16\n") +
                control_of("Pack2", "chemistry = lto\nmax_charge_current = 20\n"));
  EXPECT_EQ(config.batteries.at(1).charge_control, rules(20, 150, Chemistry::lto));
}

TEST(ChargeControlSection, HasTheMaximaOfTheBankWhereItHasNone) {
  const std::string own = "max_charge_current = 80\nmax_discharge_current = 90\n";
  EXPECT_EQ(config_of(bank(own) + control("")).banks.at(0).charge_control, rules(80, 90));
  EXPECT_EQ(config_of(bank(own) + control("max_charge_current = 70\n")).banks.at(0).charge_control,
            rules(70, 90));
  EXPECT_TRUE(config_of(shunts(own) + control("cells = 16\n")).shunts->charge_control);
}

TEST(ChargeControlSection, IsOffWhenItSaysSo) {
  EXPECT_EQ(controlled(config_of(packs() + control("enabled = 0\ncell_full = much\n"))), "");
  const std::string off = control("enabled = 0\n" + std::string(kMaxima));
  EXPECT_EQ(controlled(config_of(packs() + off + control_of("Pack1", "enabled = yes\n"))),
            "Pack1 ");
  EXPECT_EQ(controlled(config_of(packs() + control() + control_of("Pack1", "enabled = 0\n"))),
            "Pack2 ");
  const auto wrong = parse_config(packs() + control("enabled = 0\ncells = some\n") +
                                  control_of("Pack1", "enabled = 1\n" + std::string(kMaxima)));
  EXPECT_TRUE(contains(test::all_of(test::errors(wrong)), "cells: must be auto"));
  const auto inherited = parse_config(packs() + off + control_of("Pack1", "cell_full = 3.4\n"));
  EXPECT_TRUE(contains(test::all_of(test::hints(inherited)), "is off"));
}

struct Case {
  std::string text;
  std::string problem;  ///< as it begins, without the file; the only one of its severity
};

void expect_only(const Case& c, test::Severity severity) {
  const ConfigResult result = parse_config(c.text);
  const auto found = test::with_severity(result, severity);
  ASSERT_EQ(found.size(), 1U) << c.problem << "\n" << test::all_of(result.problems);
  EXPECT_EQ(result.config.has_value(), severity != test::Severity::error);
  EXPECT_TRUE(describe(found[0], "f").starts_with("f:" + c.problem)) << describe(found[0], "f");
}

TEST(ChargeControlSection, TellsErrorsWhereTheyAre) {
  for (const Case& c : std::vector<Case>{
           {test::mqtt_config() + control("max_charge_current = 100\n"),
            "5: [CHARGE CONTROL] max_discharge_current: is missing; set it to what [MQTT] may"},
           {packs() + control("max_discharge_current = 100\n"),
            "9: [CHARGE CONTROL] max_charge_current: is missing; set it to what [BATTERY Pack1]"},
           {packs() + control(std::string(kMaxima) + "cell_full = 3.65\n"),
            "12: [CHARGE CONTROL] cell_full: 3.65 V is above cell_never_above, 3.6 V"},
           {packs() + control(std::string(kMaxima) + "MAX_CELL_VOLTAGE = 3.65\n"),
            "12: [CHARGE CONTROL] MAX_CELL_VOLTAGE: 3.65 V is above cell_never_above"},
           {packs() + control() + control_of("Pack1", "cell_float = 3.5\n"),
            "13: [charge control Pack1] cell_float: 3.5 V is above cell_full"},
           {bank("max_charge_current = 15000\n") + control("max_discharge_current = 9\n"),
            "2: [BANK House] max_charge_current: "},
           {"device_mode = virtual-bms\nmax_charge_voltage = 56\nmax_charge_current = 15000\n"
            "max_discharge_current = 90\n[CHARGE CONTROL]\ncells = 16\n",
            "3: [DEFAULT] max_charge_current: 15000 A is not within 0.1 and 10000"},
           {packs() + control(std::string(kMaxima) + "cells = some\n"),
            "12: [CHARGE CONTROL] cells: must be auto"},
           {packs() + control(std::string(kMaxima) + "discharge_by_cell = 2.8:0 3:50\n 3.1:100\n"),
            "13: [CHARGE CONTROL] 3.1: must be a key: a curve stands on one line"},
           {packs() + control_of("Pakc1"),
            "9: [charge control Pakc1]: no [BATTERY] or [BANK] has that name; there are: Pack1, "
            "Pack2; did you mean [CHARGE CONTROL Pack1]?"},
           {test::mqtt_config() + control_of("House"),
            "5: [charge control House]: is for a battery or bank of that name, and there is none"},
           {packs() + "[BANK Pack1]\n" + control_of("Pack1"),
            "10: [charge control Pack1]: is the name of a battery and of a bank"},
           {"[SMARTSHUNTS]\nlog_period = 0\n" + control(),
            "3: [CHARGE CONTROL]: there is nothing to control: [SMARTSHUNTS] is a monitor"},
           {"[SMARTSHUNTS]\nlog_period = 0\n" + control_of("SmartShunts"),
            "3: [charge control SmartShunts]: [SMARTSHUNTS] is a monitor and has no limits"},
           {shunts() + control(), "4: [CHARGE CONTROL] cells: is missing; SmartShunts tell no"},
           {shunts() + control(std::string(kMaxima) + "cells = 8\n"),
            "7: [CHARGE CONTROL] cells: does not fit max_charge_voltage of [SMARTSHUNTS]: 56 V is "
            "7 V for each of 8 cells"},
           {bank("max_charge_voltage = 28\n") + control(std::string(kMaxima) + "cells = 16\n"),
            "6: [CHARGE CONTROL] cells: does not fit max_charge_voltage of [BANK House]"},
           {packs() + bank("series = 2\nmembers = Pack1, Pack2\n") +
                control(std::string(kMaxima) + "cells = 15\n"),
            "15: [CHARGE CONTROL] cells: must be that of the whole string"}})
    expect_only(c, test::Severity::error);
}

TEST(ChargeControlSection, WarnsOfWhatHasNoEffect) {
  expect_only({packs() + control(std::string(kMaxima) + "cell_ful = 3.4\n"),
               "12: [CHARGE CONTROL] cell_ful: unknown key, ignored; did you mean \"cell_full\"?"},
              test::Severity::warning);
  expect_only({packs() + control(std::string(kMaxima) + "timeout = 3\n"),
               "12: [CHARGE CONTROL] timeout: has no meaning in this section and is ignored; it "
               "belongs in [DEFAULT]"},
              test::Severity::warning);
  expect_only({test::mqtt_config("cell_full = 3.4"),
               "4: [MQTT] cell_full: has no meaning in this section and is ignored; it belongs in "
               "[CHARGE CONTROL]"},
              test::Severity::warning);
  expect_only({packs() + "[CHARGE_CONTROL]\n",
               "9: [CHARGE_CONTROL]: unknown section, ignored with all its keys; did you mean "
               "[CHARGE CONTROL]?"},
              test::Severity::warning);
}

TEST(ChargeControlSection, TellsWhatKeysOfOtherProgramsBecame) {
  expect_only({packs() + control(std::string(kMaxima) + "MAX_CELL_VOLTAGE = 3.46 ; V\n"),
               "12: [CHARGE CONTROL] MAX_CELL_VOLTAGE: becomes cell_full = 3.46"},
              test::Severity::info);
  expect_only({packs() + control(std::string(kMaxima) + "CVL_CONTROLLER_MODE = 2\n"),
               "12: [CHARGE CONTROL] CVL_CONTROLLER_MODE: becomes nothing: the charge voltage"},
              test::Severity::info);
}

TEST(ChargeControlSection, OfWhatIsOffHasNoEffect) {
  const auto result = parse_config("[BATTERY Pack1]\ntopic = p\ndevice_instance = 101\n" +
                                   shunts() + control_of("Pack1"));
  ASSERT_TRUE(result.config) << test::all_of(result.problems);
  EXPECT_EQ(controlled(*result.config), "");
  EXPECT_TRUE(contains(test::all_of(test::hints(result)), "what it is for is off"));
  const auto no_shunts = parse_config(test::mqtt_config() + control_of("SMARTSHUNTS"));
  EXPECT_TRUE(contains(test::all_of(test::hints(no_shunts)), "what it is for is off"));
}

TEST(ChargeControlSection, TellsSeveralBatteriesErrorOnce) {
  EXPECT_EQ(test::errors(parse_config(packs() + control(std::string(kMaxima) + "cell_full = 4\n")))
                .size(),
            2U);  // above the cell's own, and above cell_never_above
}

TEST(ChargeControlSection, ReadsEveryKeyOfTheTable) {
  for (const KnownKey& key : known_keys()) {
    if (key.home != Family::charge_control) continue;
    const auto result = parse_config(packs() + control(std::string(key.name) + " = ?\n"));
    const auto found = std::ranges::find_if(result.problems, [&](const ConfigProblem& problem) {
      return problem.key == key.name && problem.line == 10;
    });
    EXPECT_TRUE(found != result.problems.end() && found->severity == test::Severity::error)
        << key.name << "\n"
        << test::all_of(result.problems);
  }
}

}  // namespace
}  // namespace dmb
