// SPDX-License-Identifier: MIT
#include "dmb/config/bank_members.h"
#include "support.h"

#include <chrono>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using test::config_of;
using test::contains;

/// A broker and two packs.
std::string packs() {
  return "[MQTT]\nbroker_address = b\n[BATTERY Pack1]\ntopic = p1\ndevice_instance = 101\n"
         "[BATTERY Pack2]\ntopic = p2\ndevice_instance = 102\n";
}

ConfigResult with_bank(const std::string& lines) {
  return parse_config(packs() + "[BANK House]\n" + lines);
}

/// The message of the one problem there is.
std::string only(const ConfigResult& result, test::Severity severity) {
  const auto found = test::with_severity(result, severity);
  EXPECT_EQ(result.problems.size(), 1U) << test::all_of(result.problems);
  EXPECT_EQ(result.config.has_value(), severity != test::Severity::error);
  return found.empty() ? "" : found.front().message;
}

TEST(Banks, HaveTheirDefaults) {
  const Config config = config_of("[BANK House]\n");
  EXPECT_EQ(config, (Config{.banks = {BankConfig{.label = "House", .device_name = "House"}}}));
}

TEST(Banks, AreReached) {
  const Config config =
      config_of(packs() +
                "[bank  House 2]\ndevice_instance = 7\nmembers = pack1, Pack2, serialbattery, can\n"
                "shunt = 279\npair = Pack1:280, a:b:281\nseries = 1\nwhen_member_lost = keep 600\n"
                "expected = 3\ncontrol = 0\ntotal_capacity = 500\nmax_charge_voltage = 56\n"
                "max_charge_current = 100\nmax_discharge_current = 200\ntemp_cold_danger = 2\n"
                "temp_hot_danger = 50\ntimeout = 90\nstop_discharge_on_timeout = 1\n"
                "min_update_interval = 5\nlog_period = 0\nproduct_id = 0xFFFF\nsoc = 20\n"
                "cell_page = 0\nswitches = 1\n");
  BankConfig expected{.label = "House 2",
                      .device_name = "House 2",
                      .device_instance = 7,
                      .service_name = "bank_7",
                      .members = {"pack1", "Pack2", "serialbattery", "can"},
                      .shunt = "279",
                      .pairs = {{"Pack1", "280"}, {"a:b", "281"}},
                      .cell_page = false,
                      .switches = true,
                      .when_member_lost = MemberLoss::keep,
                      .keep = 600s,
                      .expected = 3,
                      .control = false,
                      .total_capacity_ah = 500,
                      .max_charge_voltage_v = 56,
                      .max_charge_current_a = 100,
                      .max_discharge_current_a = 200,
                      .danger = {2, 50},
                      .log_period = 0s,
                      .timeout = 90s,
                      .stop_discharge_on_timeout = true,
                      .min_update_interval = 5ms,
                      .product_id = 0xFFFF};
  expected.time_to_go.soc_floor_percent = 20;
  EXPECT_EQ(config.banks, std::vector{expected});
}

TEST(Banks, TakeRulesFromDefaultButNoLimits) {
  const Config config = config_of(
      "[DEFAULT]\ntimeout = 0\nmin_update_interval = 7\nsources = smartshunts\n"
      "max_charge_voltage = 56\ndevice_mode = virtual-bms\ncell_page = 0\n[BANK House]\n");
  EXPECT_EQ(config.banks.at(0).timeout, 180s);
  EXPECT_EQ(config.banks.at(0).min_update_interval, 7ms);
  EXPECT_FALSE(config.banks.at(0).cell_page);
  EXPECT_EQ(config.banks.at(0).max_charge_voltage_v, std::nullopt);
  EXPECT_EQ(config_of("[BANK House]\ntimeout = 0\n").banks.at(0).timeout, 0s);
}

TEST(Banks, HideTheirBatteriesWhenAsked) {
  const auto hidden = [](const std::string& lines) {
    const ConfigResult result = with_bank("show_members = 0\n" + lines);
    std::vector<bool> flags;
    for (const BatteryConfig& battery : result.config.value_or(Config{}).batteries)
      flags.push_back(!battery.on_bus);
    return flags;
  };
  EXPECT_EQ(hidden(""), (std::vector{true, true}));
  EXPECT_EQ(hidden("members = PACK2, can\n"), (std::vector{false, true}));
  EXPECT_EQ(hidden("members = mqtt\n"), (std::vector{true, true}));
  EXPECT_EQ(hidden("members = 101\n"), (std::vector{true, false}));
  EXPECT_EQ(hidden("members = serialbattery\n"), (std::vector{false, false}));
}

TEST(Banks, NeedNumbersOfTheirOwn) {
  const auto two = parse_config("[BANK A]\n[BANK B]\n");
  EXPECT_TRUE(contains(only(two, test::Severity::error), "device_instance = 111"));
  const auto same = parse_config(packs() + "[BANK A]\ndevice_instance = 101\n");
  EXPECT_TRUE(contains(only(same, test::Severity::error), "[BATTERY Pack1] and [BANK A]"));
  const auto named = parse_config(packs() + "[BANK A]\nservice_name = mqtt_battery_102\n");
  EXPECT_TRUE(contains(only(named, test::Severity::error), "service_name of its own"));
}

struct Case {
  std::string lines;
  test::Severity severity;
  std::string says;
};

TEST(Banks, TellWhatDoesNotFitTogether) {
  constexpr auto kError = test::Severity::error;
  constexpr auto kWarning = test::Severity::warning;
  for (const Case& c : std::vector<Case>{
           {"members = Pack1, Pakc2\n", kWarning, "did you mean \"Pack2\"?"},
           {"members = Pack1, pack1\n", kWarning, "is named twice"},
           {"members = Pack1, House\n", kWarning, "is a bank of this file"},
           {"members = Pack1\npair = Pack2:280\n", kError, "is not among the members"},
           {"members = Pack1, 288\npair = Lead:280\n", kWarning, "unless another entry means it"},
           {"pair = Pack1:280, Pack1:281\n", kError, "has two shunts"},
           {"pair = Pack1:280, Pack2:280\n", kError, "is the shunt of two batteries"},
           {"shunt = 280\npair = Pack1:280\n", kError, "is the shunt of a pair as well"},
           {"series = 2\n", kError, "needs members"},
           {"series = 2\nmembers = Pack1, Pack2, 288\n", kError, "must divide"},
           {"series = 2\nmembers = Pack1, can\n", kError, "may be any number of batteries"},
           {"temp_cold_danger = 46\ntemp_hot_danger = 45\n", kError, "must be lower"},
           {"when_member_lost = keep\n", kError, "keep 600"}}) {
    const auto found = test::with_severity(with_bank(c.lines), c.severity);
    ASSERT_FALSE(found.empty()) << c.lines;
    EXPECT_TRUE(contains(test::all_of(found), c.says)) << c.lines << test::all_of(found);
    for (const ConfigProblem& problem : found) EXPECT_GE(problem.line, 8) << c.lines;
  }
}

TEST(Banks, ThatAreFineAreFine) {
  for (const char* lines :
       {"", "members = pack1, PACK2\n", "members = Pack1, 288, can, HQ2230ABCDE, ttyUSB0\n",
        "members = mqtt\npair = Pack1:280\n", "series = 2\nmembers = Pack1, Pack2\n",
        "pair = Pack1:280\nshunt = 279\n"}) {
    const ConfigResult result = with_bank(lines);
    EXPECT_TRUE(result.problems.empty()) << lines << test::all_of(result.problems);
  }
}

TEST(Banks, OfTheSameBatteryAreWorthAWarning) {
  const auto result = parse_config(packs() +
                                   "[BANK A]\n[BANK B]\ndevice_instance = 5\n"
                                   "members = Pack2\n");
  EXPECT_TRUE(
      contains(only(result, test::Severity::warning), "\"Pack2\" is a member of [BANK A] as well"));
}

TEST(Banks, NeedNoOtherSource) {
  EXPECT_TRUE(parse_config("[BANK House]\nmembers = can\n").problems.empty());
  const auto nothing = parse_config("[DEFAULT]\nlogging = info\n");
  EXPECT_TRUE(contains(only(nothing, test::Severity::error), "[BANK name]"));
  EXPECT_TRUE(contains(test::all_of(parse_config("[BANK: House]\n[BANK x]\n").problems),
                       "a bank's section is written [BANK House]"));
}

}  // namespace
}  // namespace dmb
