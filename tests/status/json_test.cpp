// SPDX-License-Identifier: MIT
#include "dmb/status/json.h"

#include "samples.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <limits>

namespace dmb::status {
namespace {

TEST(StatusJson, ComesBackAsItWas) {
  for (const ProcessStatus& process : {live_process(), ProcessStatus{}}) {
    const Parsed parsed = parse_process(to_json(process));
    ASSERT_TRUE(parsed.process) << parsed.trouble;
    EXPECT_EQ(*parsed.process, process);
  }
}

TEST(StatusJson, OfATrialComesBackAsItWas) {
  ProcessStatus process = live_process();
  process.batteries.front().trial = sample_trial();
  process.banks.front().trial = sample_trial();
  const Parsed parsed = parse_process(to_json(process));
  ASSERT_TRUE(parsed.process) << parsed.trouble;
  EXPECT_EQ(*parsed.process, process);
  EXPECT_EQ(nlohmann::json::parse(about_json(process.banks.front())).count("trial"), 0U)
      << "too much for who reads what is published";
}

TEST(StatusJson, OfWhatIsPublishedHasLimitsWithReasonsMembersAndAges) {
  const auto process = live_process();
  const auto battery = nlohmann::json::parse(about_json(process.batteries.front()));
  EXPECT_EQ(battery["name"], process.batteries.front().name);
  EXPECT_EQ(battery["last_sign_age_s"], *process.batteries.front().last_sign_age_s);
  EXPECT_EQ(battery["limits"]["max_charge_voltage_v"]["why"],
            process.batteries.front().limits.max_charge_voltage_v->why);
  const auto aggregate = nlohmann::json::parse(about_json(*process.aggregate));
  ASSERT_EQ(aggregate["members"].size(), process.aggregate->members.size());
  EXPECT_EQ(aggregate["members"][0]["last_signal_age_s"],
            process.aggregate->members.front().last_signal_age_s);
}

TEST(StatusJson, IsOneLineWithTheSchemaFirst) {
  const std::string json = to_json(live_process());
  EXPECT_TRUE(json.starts_with("{\"schema\":1,")) << json;
  EXPECT_EQ(json.find('\n'), std::string::npos);
}

TEST(StatusJson, RepairsTextThatIsNotUtf8AndNumbersThatAreNone) {
  ProcessStatus process = live_process();
  process.batteries.front().name = "\xff\x1b";
  process.batteries.front().values.voltage_v = std::numeric_limits<double>::quiet_NaN();
  const Parsed parsed = parse_process(to_json(process));
  ASSERT_TRUE(parsed.process);
  EXPECT_FALSE(parsed.process->batteries.front().values.voltage_v);
}

TEST(StatusJson, TellsWhyAnAnswerIsNoStatus) {
  const std::string deep(500'000, '[');
  const std::string long_one(2'000'000, ' ');
  for (const std::string& answer :
       {std::string(), std::string("garbage"), std::string("[]"), std::string("{}"),
        std::string("{\"schema\":\"1\"}"), std::string("{\"schema\":2}"), deep, long_one,
        std::string("{\"schema\":1,\"pid\":1e999}")}) {
    const Parsed parsed = parse_process(answer);
    EXPECT_FALSE(parsed.process) << answer.substr(0, 40);
    EXPECT_FALSE(parsed.trouble.empty()) << answer.substr(0, 40);
  }
}

TEST(StatusJson, LeavesOutWhatIsOfTheWrongType) {
  const Parsed parsed = parse_process(
      R"({"schema":1,"version":5,"pid":"x","uptime_s":true,"config":[],"broker":null,
          "batteries":[1,null,{"name":7,"life":"dancing","timeout_s":18446744073709551615,
          "limits":{"max_charge_voltage_v":3}}],"aggregate":{"members":{}}})");
  ASSERT_TRUE(parsed.process) << parsed.trouble;
  EXPECT_EQ(parsed.process->pid, 0);
  EXPECT_FALSE(parsed.process->broker);
  ASSERT_EQ(parsed.process->batteries.size(), 3U);
  EXPECT_EQ(parsed.process->batteries[2].life, Life::Phase::waiting);
  EXPECT_EQ(parsed.process->batteries[2].timeout_s, 0);
}

TEST(StatusJson, BoundsItsLists) {
  std::string json = R"({"schema":1,"batteries":[)";
  for (int i = 0; i < 5000; ++i) json += "{},";
  const Parsed parsed = parse_process(json + "{}]}");
  ASSERT_TRUE(parsed.process);
  EXPECT_EQ(parsed.process->batteries.size(), 600U);
}

TEST(StatusJson, OfAReportHasVerdictAndExitCode) {
  const Report nobody{.config_file = "/x/config.ini"};
  const auto json = nlohmann::json::parse(report_json(nobody, advise(nobody)));
  EXPECT_EQ(json["verdict"], "not_running");
  EXPECT_EQ(json["exit_code"], 3);
  EXPECT_EQ(json["advice"].size(), 1U);
  const Report well = live_report();
  const auto healthy = nlohmann::json::parse(report_json(well, advise(well)));
  EXPECT_EQ(healthy["verdict"], "healthy");
  EXPECT_EQ(healthy["processes"][0]["batteries"][0]["values"]["soc_percent"], 63);
}

}  // namespace
}  // namespace dmb::status
