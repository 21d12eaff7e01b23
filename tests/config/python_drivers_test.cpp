// SPDX-License-Identifier: MIT
// The configs of the two Python drivers this one replaces work as they are.
#include "support.h"

namespace dmb {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kMqttDriver = R"(; my boat
[DEFAULT]
; how much to log
logging = WARNING

; shown in the GUI
device_name = Engine room 12V
device_instance = 41
timeout = 90


[TIME_TO_GO]
enabled = 1
soc = 15
recalculate_every = 120


[MQTT]
broker_address = 192.168.7.20
broker_port = 1883

;tls_enabled = 1
tls_path_to_ca =
;tls_insecure = 1

username = skipper
password = 50%; of #that 'rum'

; the topic
topic = boat/engine room/battery
)";

TEST(PythonMqttDriver, ConfigWorksUnchanged) {
  const ConfigResult result = parse_config(kMqttDriver);
  ASSERT_TRUE(result.config) << test::all_of(result.problems);
  EXPECT_TRUE(result.problems.empty()) << test::all_of(result.problems);
  const Config& config = *result.config;
  EXPECT_EQ(config.log_level, LogLevel::warning);
  EXPECT_EQ(config.broker, (BrokerConfig{.address = "192.168.7.20",
                                         .port = 1883,
                                         .username = "skipper",
                                         .password = "50%; of #that 'rum'"}));
  const TimeToGoConfig time_to_go{.soc_floor_percent = 15, .recalculate_every = 120s};
  EXPECT_EQ(config.batteries, (std::vector{BatteryConfig{.topic = "boat/engine room/battery",
                                                         .device_name = "Engine room 12V",
                                                         .device_instance = 41,
                                                         .service_name = "mqtt_battery_41",
                                                         .timeout = 90s,
                                                         .time_to_go = time_to_go}}));
  EXPECT_EQ(config.shunts, std::nullopt);
}

TEST(PythonMqttDriver, ConfigWorksWithWindowsLineEnds) {
  std::string windows = "\xEF\xBB\xBF";
  for (const char c : kMqttDriver) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(parse_config(windows).config, parse_config(kMqttDriver).config);
}

TEST(PythonMqttDriver, UntouchedSampleSaysWhatToEdit) {
  const std::string text =
      test::replaced(std::string(kMqttDriver), "192.168.7.20", "IP_ADDR_OR_FQDN");
  const auto errors = test::errors(parse_config(text));
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].line, 19);
  EXPECT_TRUE(test::contains(errors[0].message, "edit this line"));
}

constexpr std::string_view kAggregator = R"([DEFAULT]

# The two bow shunts, not the inverter's.
DEVICE_NAME = Bow bank
EXCLUDE_SHUNTS = 279, "DC Loads", 'Aux, old'   # by number and by name
TOTAL_CAPACITY =
CAPACITY_MODE = soc  ; the shunts are not set up
DEVICE_MODE = virtual-bms
MAX_CHARGE_VOLTAGE = 14.2  # 4 x 3.55
MAX_CHARGE_CURRENT = 300
MAX_DISCHARGE_CURRENT =
TEMP_COLD_DANGER = 4.0     # °C
TEMP_HOT_DANGER = 48.5     # °C
UPDATE_INTERVAL_FIND_DEVICES = 1
MAX_UPDATE_INTERVAL_FIND_DEVICES = 1800
SEARCH_TRIALS = 10
READ_TRIALS = 10
TIME_BEFORE_RESTART = 15
LOGGING = INFO  # Options: ERROR, WARNING, INFO, DEBUG
LOG_PERIOD = 600
)";

TEST(PythonAggregator, ConfigWorksUnchanged) {
  const ConfigResult result = parse_config(kAggregator);
  ASSERT_TRUE(result.config) << test::all_of(result.problems);
  EXPECT_TRUE(test::warnings(result).empty()) << test::all_of(result.problems);
  EXPECT_EQ(test::hints(result).size(), 5U) << test::all_of(result.problems);
  const Config& config = *result.config;
  EXPECT_EQ(config.log_level, LogLevel::info);
  EXPECT_EQ(config.broker, std::nullopt);
  EXPECT_TRUE(config.batteries.empty());
  EXPECT_EQ(config.shunts, (ShuntConfig{.mode = ShuntMode::virtual_bms,
                                        .device_name = "Bow bank",
                                        .capacity_mode = CapacityMode::soc,
                                        .exclude_shunts = {"279", "DC Loads", "Aux, old"},
                                        .danger = {4, 48.5},
                                        .max_charge_voltage_v = 14.2,
                                        .max_charge_current_a = 300,
                                        .log_period = 600s}));
}

TEST(PythonAggregator, ShortConfigsWorkUnchanged) {
  for (const char* text : {"[DEFAULT]\nDEVICE_NAME = Bank\n", "[DEFAULT]\nEXCLUDE_SHUNTS =\n",
                           "[DEFAULT]\nLOGGING = INFO\nTOTAL_CAPACITY = 600\n"}) {
    const ConfigResult result = parse_config(text);
    ASSERT_TRUE(result.config) << text << test::all_of(result.problems);
    EXPECT_TRUE(result.config->shunts) << text;
  }
}

TEST(BothPythonDrivers, ConfigsFitIntoOneFile) {
  std::string text(kAggregator);
  text = test::replaced(text, "[DEFAULT]", "[SMARTSHUNTS]");
  text = test::replaced(text, "LOGGING = INFO", "# LOGGING = INFO");
  const ConfigResult result = parse_config(std::string(kMqttDriver) + text);
  ASSERT_TRUE(result.config) << test::all_of(result.problems);
  EXPECT_EQ(result.config->batteries.at(0).device_name, "Engine room 12V");
  EXPECT_EQ(result.config->shunts->device_name, "Bow bank");
}

}  // namespace
}  // namespace dmb
