// SPDX-License-Identifier: MIT
#include "dmb/importing/import.h"

#include "dmb/config/parse.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace dmb {
namespace {

std::string read(const std::string& name) {
  std::ifstream file(std::string(DMB_TEST_DATA) + "/import/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string sections(std::string_view text) {
  const Imported imported = import_config(text);
  EXPECT_EQ(imported.error, "");
  return imported.sections;
}

/// Before the first remark.
std::string keys(std::string_view text) {
  const std::string all = sections(text);
  return all.substr(0, all.find('#'));
}

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Import, ReadsAggregateBatteries) {
  const std::string text = read("aggregate-batteries.ini");
  EXPECT_EQ(keys(text),
            "[BANK House]\ndevice_instance = 110\nmembers = serialbattery\nexpected = 2\n"
            "shunt = 279\n\n[CHARGE CONTROL House]\nchemistry = lfp\nmax_charge_current = 200\n"
            "max_discharge_current = 150\ncells = 16\ndischarge_by_cell = 2.9:0 3:5 3.1:100\n");
  EXPECT_TRUE(says(sections(text), "# CHARGE_VOLTAGE_LIST cannot be read, and is left out"));
}

TEST(Import, ReadsTheChargeControlOfAggregateBatteries) {
  const std::string text = read("aggregate-batteries-charge.ini");
  EXPECT_EQ(keys(text),
            "[BANK House]\ndevice_instance = 110\nmembers = serialbattery\nexpected = 2\n\n"
            "[CHARGE CONTROL House]\nchemistry = lfp\nmax_charge_current = 200\n"
            "max_discharge_current = 180\ncell_full = 3.48\ncell_float = 3.35\n"
            "cell_empty = 2.95\nbalance_cell = 3.48\ncells = 16\nbalance_every_days = 14\n"
            "charge_by_cell = 2.95:100 3.3:100 3.4:30 3.5:0\n"
            "discharge_by_cell = 2.95:0 3.05:5 3.15:100\n"
            "season_full = jan:3.48 apr:3.45 may:3.4 aug:3.35 sep:3.45 oct:3.48\n");
  for (const char* remark :
       {"max_charge_current was not set; 200 A was that program's default",
        "MAX_CELL_VOLTAGE becomes cell_full = 3.48", "CELL_DIFF_MAX becomes nothing: ",
        "BATTERY_EFFICIENCY becomes nothing: ", "the setting of DC feed-in is left as it is"})
    EXPECT_TRUE(says(sections(text), remark)) << remark << "\n" << sections(text);
}

TEST(Import, HasOneGoalForAllMonthsOfItsFirstVersions) {
  const std::string text =
      "NR_OF_BATTERIES = 2\nOWN_CHARGE_PARAMETERS = True\nCHARGE_VOLTAGE = 2.5\n"
      "MAX_CELL_VOLTAGE = 2.53\nMIN_CELL_VOLTAGE = 1.9\n"
      "CELL_FULL_LIMITING_VOLTAGE = [CHARGE_VOLTAGE - 0.1, CHARGE_VOLTAGE]\n"
      "CELL_FULL_LIMITED_CURRENT = [1, 0.05]\n";
  EXPECT_TRUE(says(keys(text), "chemistry = lto\n"));
  EXPECT_TRUE(says(keys(text), "season_full = jan:2.5\n"));
  EXPECT_TRUE(says(sections(text), "CELL_FULL_LIMITING_VOLTAGE cannot be read"));
}

TEST(Import, ReadsTheSerialDriver) {
  const std::string text = read("serial-driver.ini");
  EXPECT_EQ(keys(text),
            "[CHARGE CONTROL]\nchemistry = lfp\nmax_charge_current = 80\n"
            "max_discharge_current = 60\ncell_float = 3.37\nbalance_cell = 3.65\n"
            "full_for = 1200 s\ncharge_by_cell = 3.375:100 3.4:50 3.425:10 3.45:1 3.5:0\n"
            "charge_by_soc = 85:100 90:50 95:20 98:10\n");
  for (const char* remark :
       {"for a [BANK] of several in parallel add them up",
        "cell_full would be refused, and is left out: 3.65 V is above cell_never_above, 3.6 V",
        "max_battery_discharge_current was not set; 60 A is that driver's default",
        "TEMPERATURES_WHILE_CHARGING cannot be read, and is left out",
        "VOLTAGE_DROP becomes nothing: the cells are what counts, not the end of the wires",
        "not about charging, and left out: BMS_TYPE"})
    EXPECT_TRUE(says(sections(text), remark)) << remark << "\n" << sections(text);
}

TEST(Import, MakesAChargeControlThatIsTakenWhateverTheNumbersAre) {
  const std::string bank = "[BANK House]\ndevice_instance = 110\n";
  std::mt19937 random(5);
  for (int i = 0; i < 300; ++i) {
    std::string text;
    for (const auto key :
         {"MAX_CELL_VOLTAGE", "MIN_CELL_VOLTAGE", "FLOAT_CELL_VOLTAGE", "SOC_RESET_CELL_VOLTAGE",
          "SOC_RESET_AFTER_DAYS", "SWITCH_TO_FLOAT_WAIT_FOR_SEC", "SWITCH_TO_BULK_SOC_THRESHOLD",
          "NR_OF_CELLS_PER_BATTERY", "BALANCING_VOLTAGE"})
      if (random() % 3 > 0)
        text += std::string(key) + " = " +
                std::to_string(static_cast<double>(random() % 500) / 100) + "\n";
    text += "CVCM_ENABLE = True\n";
    for (const std::string more :
         {"", "NR_OF_BATTERIES = 2\nOWN_CHARGE_PARAMETERS = True\nCHARGE_VOLTAGE = 3.4\n"}) {
      const std::string made = sections(more + text);
      const ConfigResult result = parse_config(more.empty() ? bank + made : made);
      ASSERT_TRUE(result.config) << text << made << describe(result.problems.at(0), "made");
      EXPECT_TRUE(result.config->banks.at(0).charge_control);
    }
  }
}

TEST(Import, ReadsItsPythonModuleOfOld) {
  const std::string text = read("aggregate-batteries-settings.py");
  EXPECT_EQ(keys(text), "[BANK House]\ndevice_instance = 110\nexpected = 3\n");
  for (const char* remark : {"BATTERY_PRODUCT_NAME = Daly # one has", "CURRENT_FROM_VICTRON",
                             "OWN_SOC", "KEEP_MAX_CVL is not needed"})
    EXPECT_TRUE(says(sections(text), remark)) << remark;
  EXPECT_FALSE(says(sections(text), "CHARGE_VOLTAGE_LIST")) << "it was not in use";
}

TEST(Import, LeavesWhoMeasuresWhatToTheOwner) {
  const std::string text =
      "NR_OF_BATTERIES = 2\nMULTI_KEYWORD = ''\nCURRENT_FROM_VICTRON = True\n"
      "USE_SMARTSHUNTS = [\"Front\", 'Rear']\n";
  EXPECT_FALSE(says(keys(text), "shunt ="));
  EXPECT_TRUE(says(sections(text), "pair = BATTERY:SHUNT"));
}

TEST(Import, ReadsBatteryAggregator) {
  const std::string text = read("battery-aggregator.json");
  EXPECT_EQ(keys(text),
            "[BANK House]\ndevice_instance = 110\ntotal_capacity = 200\nshunt = ttyS5\n"
            "pair = ttyUSB0:ttyS6, ttyUSB1:ttyS7\n");
  for (const char* remark : {"excludedServices ttyS9", "auxiliaryServices more", "cvlMode has no"})
    EXPECT_TRUE(says(sections(text), remark)) << remark;
}

TEST(Import, NamesEveryKeyThatHasNoCounterpart) {
  const std::string plain = sections(read("aggregate-batteries-plain.ini"));
  EXPECT_EQ(plain.substr(0, plain.find('#')),
            "[BANK House]\ndevice_instance = 110\nmembers = serialbattery\nexpected = 2\n"
            "log_period = 600\n")
      << "the limits are the batteries' own";
  EXPECT_TRUE(says(plain, "# has no counterpart, or is not needed: BATTERY_INSTANCE_NAME_PATH, "));
  EXPECT_TRUE(says(plain, "one in float does not lower it while others still charge"));
  for (const char* key :
       {"BATTERY_PRODUCT_NAME_PATH", "CHARGE_SAVE_PRECISION", "DCLOAD_SERVICE_NAME",
        "IGNORE_SMARTSHUNT_ABSENCE", "LOGGING", "MPPT_KEYWORD", "OWN_SOC_FULL_CELL_MEDIAN_VOLTAGE",
        "OWN_SOC_FULL_VOLTAGE", "READ_TRIALS", "SEARCH_TRIALS", "SEND_CELL_VOLTAGES",
        "SMARTSHUNT_INSTANCE_NAME_PATH", "SMARTSHUNT_NAME_KEYWORD", "TIME_BEFORE_RESTART",
        "UPDATE_INTERVAL_DATA", "UPDATE_INTERVAL_FIND_DEVICES"})
    EXPECT_TRUE(says(plain, key)) << key;
  EXPECT_FALSE(says(plain, "CHARGE_VOLTAGE_LIST")) << "it was not in use";
  const std::string own = sections(read("aggregate-batteries-own.ini"));
  EXPECT_TRUE(says(own.substr(own.find("[CHARGE CONTROL")), "here the limits shrink"));
}

TEST(Import, MakesNoPairWithWhatIsNoService) {
  const std::string text =
      "{\"virtualBatteries\": {\"v\": [\"com.victronenergy.battery.ttyS2\", "
      "\"com.victronenergy.battery.leastPrecedence\"]}, \"logLevel\": \"DEBUG\"}";
  EXPECT_EQ(keys(text), "[BANK House]\ndevice_instance = 110\n");
  EXPECT_TRUE(says(sections(text), "the virtual battery v of ttyS2, leastPrecedence has no"));
  EXPECT_TRUE(says(sections(text), "a monitor counts where \"members\" names it"));
  EXPECT_TRUE(says(sections(text), "logLevel has no counterpart"));
}

TEST(Import, PrintsWhatTheConfigTakesWithoutAComplaint) {
  for (const char* name : {"aggregate-batteries.ini", "aggregate-batteries-charge.ini",
                           "aggregate-batteries-settings.py", "aggregate-batteries-plain.ini",
                           "aggregate-batteries-own.ini", "battery-aggregator.json",
                           "battery-aggregator-excluded.json", "battery-aggregator-primary.json",
                           "battery-aggregator-virtual.json"}) {
    const ConfigResult result = parse_config(sections(read(name)));
    for (const ConfigProblem& problem : result.problems)
      EXPECT_EQ(problem.severity, ConfigProblem::Severity::info) << describe(problem, name);
    ASSERT_TRUE(result.config) << name;
    ASSERT_EQ(result.config->banks.size(), 1U) << name;
    EXPECT_EQ(result.config->banks[0].device_instance, 110);
  }
  const auto config = parse_config(sections(read("battery-aggregator.json"))).config;
  EXPECT_EQ(config->banks[0].shunt, "ttyS5");
  EXPECT_EQ(config->banks[0].pairs,
            (std::vector<PairConfig>{{"ttyUSB0", "ttyS6"}, {"ttyUSB1", "ttyS7"}}));
}

TEST(Import, SaysWhatItLookedForInAnythingElse) {
  EXPECT_TRUE(says(import_config("").error, "NR_OF_BATTERIES"));
  EXPECT_TRUE(says(import_config("").error, "MAX_BATTERY_CHARGE_CURRENT"));
  EXPECT_TRUE(says(import_config("[MQTT]\ntopic = x\n").error, "BatteryAggregator"));
  EXPECT_TRUE(says(import_config("{\"capacity\": 1,").error, "is none"));
  EXPECT_TRUE(says(import_config("{\"a\": 1}").error, "without any key"));
  EXPECT_TRUE(says(import_config("{}").error, "without any key"));
  EXPECT_TRUE(says(import_config(std::string(kMaxImportBytes + 1, ' ')).error, "longer"));
}

TEST(Import, PutsNothingIntoTheConfigThatWouldBeAnotherLine) {
  const std::string text =
      "{\"primaryServices\": [\"a\\n[MQTT]\"], \"capacity\": \"x\","
      "\"virtualBatteries\": {\"v\": [1, \"b\"], \"w\": 7, \"u\": {}}}";
  EXPECT_EQ(keys(text), "[BANK House]\ndevice_instance = 110\nshunt = a [MQTT]\n");
}

}  // namespace
}  // namespace dmb
