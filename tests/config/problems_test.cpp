// SPDX-License-Identifier: MIT
#include "dmb/config/problems.h"

#include "dmb/battery/letter_case.h"
#include "dmb/codec/spelling.h"
#include "dmb/config/known_keys.h"
#include "support.h"

namespace dmb {
namespace {

using test::contains;
using test::mqtt_config;

TEST(Problems, AreDescribedWithFileLineSectionKeyAndValue) {
  struct Case {
    std::string line;
    std::string expected;
  };
  const std::vector<Case> cases{
      {"TLS_enabled = 7",
       "config.ini:4: [MQTT] TLS_enabled: must be 1 or 0 (or true/false, yes/no, on/off), not "
       "\"7\"\n"},
      {"[SMARTSHUNTS]\ntemp_hot_danger = 500",
       "config.ini:5: [SMARTSHUNTS] temp_hot_danger: must be a number from -100 to 150 °C, not "
       "\"500\"\n"},
      {"[SMARTSHUNTS]\ndevice_mode = bms",
       "config.ini:5: [SMARTSHUNTS] device_mode: must be monitor or virtual-bms, not \"bms\"\n"},
      {"[SMARTSHUNTS]\ndevice_mode = virtual-bms\nmax_charge_voltage = 14,2",
       "config.ini:6: [SMARTSHUNTS] max_charge_voltage: must be a number above 0, up to 1000 V, "
       "or empty (write the decimal sign as a point), not \"14,2\"\n"},
      {"hello",
       "config.ini:4: must be a [section], \"key = value\", or a comment that starts with ; or "
       "#\n"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(test::all_of(test::errors(parse_config(mqtt_config(c.line)))), c.expected);
  }
}

TEST(Problems, MakeForeignTextPrintable) {
  const auto errors = test::errors(parse_config(mqtt_config("tls_enabled = \x1B[31m\xFF")));
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_TRUE(contains(errors[0].message, "\\x1B[31m\\xFF")) << errors[0].message;
  const ConfigProblem odd{.line = 1, .section = "a\nb", .key = "\xFF", .message = "m"};
  EXPECT_EQ(describe(odd, "f"), "f:1: [a\\x0Ab] \\xFF: m");
}

TEST(Problems, AreAllReportedAtOnceInLineOrder) {
  const ConfigResult result = parse_config(
      "[DEFAULT]\nlogging = loud\ndevice_instance = x\ntimeout = -1\nnonsense\n"
      "[MQTT]\nbroker_address = IP_ADDR_OR_FQDN\nbroker_port = 0\ntls_enabled = 9\nqos = 1\n"
      "[BATTERY a]\ndevice_instance = 100\n[TIME_TO_GO]\nsoc = 101\n[SMARTSHUNT]\nx = 1\n"
      "[SMARTSHUNTS]\ntemp_hot_danger = 1\ndevice_mode = virtual-bms\n");
  EXPECT_FALSE(result.config);
  const auto lines_of = [](const std::vector<ConfigProblem>& problems) {
    std::vector<int> lines;
    for (const auto& problem : problems) lines.push_back(problem.line);
    return lines;
  };
  EXPECT_EQ(lines_of(test::errors(result)), (std::vector<int>{5, 7, 9, 11, 18, 19}))
      << test::all_of(result.problems);
  EXPECT_EQ(lines_of(test::warnings(result)), (std::vector<int>{2, 3, 4, 8, 10, 14, 15, 18}))
      << test::all_of(result.problems);
  EXPECT_TRUE(std::is_sorted(result.problems.begin(), result.problems.end(),
                             [](const auto& a, const auto& b) { return a.line < b.line; }));
}

TEST(Problems, NeverHoldAPassword) {
  const std::string secret = "hunter2";
  for (const std::string text :
       {"password = hunter2\n  hunter2\n", "pasword = hunter2\n", "password = \"hunter2\"\n",
        "password = %%hunter2\n", "hunter2\n", "password hunter2\n", "[hunter\npassword = hunter2",
        "broker_address = mqtt://me:hunter2@broker\n", "[TIME_TO_GO]\npassword = hunter2\n",
        "password = hunter2\npassword = hunter2\n", "[NOWHERE]\npassword = hunter2\n"}) {
    const auto result = parse_config(mqtt_config(text));
    EXPECT_FALSE(result.problems.empty()) << text;
    EXPECT_FALSE(contains(test::all_of(result.problems), secret)) << test::all_of(result.problems);
  }
}

TEST(Problems, TellOfPasswordsThatMayBeMeantOtherwise) {
  EXPECT_TRUE(test::hints(parse_config(mqtt_config("username = a\npassword = b"))).empty());
  EXPECT_EQ(test::hints(parse_config(mqtt_config("username = a\npassword = b%%"))).size(), 1U);
  EXPECT_EQ(test::hints(parse_config(mqtt_config("username = a\npassword = 'b'"))).size(), 1U);
}

TEST(Problems, HintAtTheNearestKey) {
  struct Case {
    std::string section;
    std::string line;
    std::string hint;
  };
  const std::vector<Case> cases{
      {"MQTT", "broker_adress = x", "did you mean \"broker_address\"?"},
      {"MQTT", "brokerport = 1", "did you mean \"broker_port\"?"},
      {"MQTT", "tpoic = 1", "did you mean \"topic\"?"},
      {"MQTT", "user_name = me", "did you mean \"username\"?"},
      {"DEFAULT", "time_out = 1", "did you mean \"timeout\"?"},
      {"DEFAULT", "loging = INFO", "did you mean \"logging\"?"},
      {"DEFAULT", "exclude_shunt = 1", "did you mean \"exclude_shunts\"?"},
      {"TIME_TO_GO", "recalculateevery = 9", "did you mean \"recalculate_every\"?"},
      {"SMARTSHUNTS", "max_charge_volatge = 9", "did you mean \"max_charge_voltage\"?"},
      {"BATTERY a", "device_instanze = 9", "did you mean \"device_instance\"?"},
      {"TIME_TO_GO", "broker_adress = x", "did you mean \"broker_address\" of [MQTT]?"},
      {"TIME_TO_GO", "broker_address = x", "belongs in [MQTT]"},
      {"MQTT", "logging = INFO", "belongs in [DEFAULT]"},
      {"MQTT", "soc = 5", "belongs in [TIME_TO_GO]"},
      {"MQTT", "total_capacity = 5", "belongs in [SMARTSHUNTS]"},
      {"BATTERY a", "broker_port = 5", "belongs in [MQTT]"},
      {"MQTT", "completely_different = 5", "config.sample.ini lists all keys"},
      {"MQTT", std::string(500, 'x') + " = 5", "config.sample.ini lists all keys"},
  };
  const std::string battery = "[BATTERY a]\ntopic = t\ndevice_instance = 5\n";
  for (const Case& c : cases) {
    const auto result =
        parse_config(mqtt_config() + battery + "[" + c.section + "]\n" + c.line + "\n");
    EXPECT_TRUE(result.config) << test::all_of(result.problems);
    const auto warnings = test::warnings(result);
    ASSERT_EQ(warnings.size(), 1U) << c.line << test::all_of(warnings);
    EXPECT_EQ(warnings[0].line, 9) << c.line;
    EXPECT_TRUE(contains(warnings[0].message, c.hint)) << warnings[0].message;
  }
}

TEST(Problems, HintAtTheNearestSection) {
  for (const auto& [name, hint] : std::vector<std::pair<std::string, std::string>>{
           {"MQQT", "did you mean [MQTT]?"},
           {"SMARTSHUNT", "did you mean [SMARTSHUNTS]?"},
           {"TIME TO GO", "did you mean [TIME_TO_GO]?"},
           {"DEFUALT", "did you mean [DEFAULT]?"},
           {"INVERTER", "known are [DEFAULT]"}}) {
    const auto warnings =
        test::warnings(parse_config(mqtt_config() + "[" + name + "]\nx = 1\ny = 2\n"));
    ASSERT_EQ(warnings.size(), 1U) << name;
    EXPECT_TRUE(contains(warnings[0].message, hint)) << warnings[0].message;
  }
}

TEST(Problems, TellOfKeysThatAreSetTwice) {
  const auto result = parse_config(mqtt_config("broker_port = 1\nBROKER_PORT = 2"));
  ASSERT_TRUE(result.config);
  EXPECT_EQ(result.config->broker->port, 2);
  const auto warnings = test::warnings(result);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].line, 5);
  EXPECT_TRUE(contains(warnings[0].message, "line 4"));
}

TEST(Problems, AreCountedWhenThereAreTooMany) {
  std::string text = mqtt_config();
  for (int i = 0; i < 1000; ++i) text += "nonsense\n";
  const auto result = parse_config(text);
  EXPECT_FALSE(result.config);
  ASSERT_EQ(result.problems.size(), 101U);
  EXPECT_TRUE(contains(result.problems.back().message, "900 more"));
}

TEST(Problems, OfARuinedFileAreNotPaddedWithMissingKeys) {
  for (const std::string& text : {std::string(100, '\0'), std::string("\xFF\xFE[\0", 4)}) {
    const auto result = parse_config(text);
    EXPECT_FALSE(result.config);
    EXPECT_EQ(result.problems.size(), 1U) << test::all_of(result.problems);
  }
}

TEST(Spelling, CountsTypingSlips) {
  EXPECT_EQ(typing_slips("", ""), 0U);
  EXPECT_EQ(typing_slips("topic", "topic"), 0U);
  EXPECT_EQ(typing_slips("", "abc"), 3U);
  EXPECT_EQ(typing_slips("tpoic", "topic"), 1U);
  EXPECT_EQ(typing_slips("topc", "topic"), 1U);
  EXPECT_EQ(typing_slips("topics", "topic"), 1U);
  EXPECT_EQ(typing_slips("tobic", "topic"), 1U);
  EXPECT_EQ(typing_slips("abc", "xyz"), 3U);
}

TEST(KnownKeys, AreFoundWhereTheyBelong) {
  for (const KnownKey& key : known_keys()) {
    EXPECT_EQ(find_key(key.home, key.name), &key) << key.name;
    EXPECT_EQ(to_lower(key.name), key.name);
  }
  EXPECT_EQ(find_key(Family::mqtt, "logging"), nullptr);
}

}  // namespace
}  // namespace dmb
