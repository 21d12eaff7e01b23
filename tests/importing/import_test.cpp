// SPDX-License-Identifier: MIT
#include "dmb/importing/import.h"

#include "dmb/config/parse.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
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
            "shunt = 279\nmax_charge_current = 200\nmax_discharge_current = 150\n");
  EXPECT_TRUE(says(sections(text), "#   CHARGE_VOLTAGE_LIST = 3.55, 3.50\n"));
  EXPECT_TRUE(says(sections(text), "[CHARGE CONTROL]"));
  EXPECT_TRUE(says(sections(text), "NR_OF_CELLS_PER_BATTERY is not needed"));
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

TEST(Import, PrintsWhatTheConfigTakesWithoutAComplaint) {
  for (const char* name :
       {"aggregate-batteries.ini", "aggregate-batteries-settings.py", "battery-aggregator.json"}) {
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
