// SPDX-License-Identifier: MIT
#include "dmb/status/render.h"

#include "dmb/codec/duration.h"
#include "samples.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <sstream>

namespace dmb::status {
namespace {

std::string rendered(const Report& report) {
  return render(report, advise(report));
}

std::string first_line(const Report& report) {
  const std::string text = rendered(report);
  return text.substr(0, text.find('\n'));
}

TEST(Render, BeginsWithTheVerdict) {
  Report report = live_report();
  EXPECT_EQ(first_line(report), "OK: on the bus: House, Bank, Packs");
  report.processes.front().batteries.front().service.on_bus = false;
  EXPECT_EQ(first_line(report), "DEGRADED: 1 problem");
  report.processes.front().aggregate->members.clear();
  EXPECT_EQ(first_line(report), "DEGRADED: 2 problems");
  report.processes.clear();
  EXPECT_TRUE(first_line(report).starts_with("NOT RUNNING: "));
}

TEST(Render, ShowsWhatMatters) {
  const std::string text = rendered(live_report());
  for (const char* part :
       {"dbus-mqtt-battery 1.2.3, pid 4711, running for 2 h 5 min",
        "Broker      192.168.1.5:1883, connected for 2 h 3 min", "House (MQTT battery): live",
        "Publishing  ha.local:8883, connected for 2 h 1 min",
        "Recording   /run/media/sda1/boat.jsonl", "for 1 h, 1.5 MB in it",
        "  CCL         80.0 A, as the payload gives it",
        "  Shows       52.70 V, 6.1 A, 322 W, SoC 63.0 %; 35 values in all",
        "Bank (monitor of all SmartShunts)", "none: it is a monitor",
        "    Bow (com.victronenergy.battery.ttyS5, instance 279)",
        "      capacity 300 Ah, from its own settings"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST(Render, OfATrialIsATableOfHours) {
  Report report = live_report();
  report.processes.front().batteries.front().trial = sample_trial();
  const std::string text = rendered(report);
  for (const char* part :
       {"  Trial       control = 0: none of these limits is on the bus\n"
        "              in force are, in brackets, those of JK:\n"
        "              CVL 55.20 V (55.40 V), CCL 80.0 A (100.0 A), DCL 120.0 A (none)\n",
        "    hour ended      compared    CVL       CCL        DCL        stops alone\n"
        "    now             DVCC is off\n"
        "    10 min ago      1 h         -0.20 V   +15.5 A    lower      2/0 0/0\n"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST(Render, FitsAnSshConsole) {
  Report report = live_report();
  report.processes.front().banks.front().trial = sample_trial();
  report.processes.front().config.errors = {std::string(30, 'a') + " " + std::string(30, 'b') +
                                            " " + std::string(30, 'c')};
  report.others = {{5, "other (pid 5)", "/data/etc/two/config.ini", ""}};
  report.system = {true, "com.victronenergy.battery.something_else_with_a_long_name", "", false};
  std::istringstream lines(rendered(report));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 80U) << line;
    EXPECT_FALSE(line.ends_with(' ')) << line;
  }
}

TEST(Render, LetsNothingUnprintableThrough) {
  Report report = live_report();
  ProcessStatus& process = report.processes.front();
  process.version = process.config.file = process.broker->host = "\x1b[2J\n\xff";
  process.batteries.front().name = process.batteries.front().topic = std::string(5000, '\a');
  process.aggregate->members.front().name = "\xc2\x9b";
  process.aggregate->not_counted = {{"\r", "\r", "\r", true}};
  report.others = {{1, "\x1b", "\x1b", "\x1b"}};
  report.system = {true, "\x1b", "\x1b", {}};
  const std::string text = rendered(report);
  EXPECT_TRUE(std::none_of(text.begin(), text.end(), [](char c) {
    return (c >= 0 && c < ' ' && c != '\n') || c == '\x7f';
  })) << text;
  EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos);
}

TEST(Render, SaysUnknownForWhatIsNotKnown) {
  Report report = live_report();
  report.processes.front().batteries.front().values = {};
  EXPECT_NE(rendered(report).find("unknown, unknown, unknown, SoC unknown"), std::string::npos);
}

TEST(Duration, IsShort) {
  EXPECT_EQ(duration_text(0.44), "0.4 s");
  EXPECT_EQ(duration_text(52.9), "52 s");
  EXPECT_EQ(duration_text(60), "1 min");
  EXPECT_EQ(duration_text(320), "5 min 20 s");
  EXPECT_EQ(duration_text(7500), "2 h 5 min");
  EXPECT_EQ(duration_text(90'000), "1 d 1 h");
  EXPECT_EQ(duration_text(-3), "0.0 s");
  EXPECT_EQ(duration_text(std::numeric_limits<double>::quiet_NaN()), "0.0 s");
  EXPECT_EQ(duration_text(1e300), duration_text(1e11));
}

TEST(Duration, QuantityHoldsTheLongestNumber) {
  EXPECT_EQ(quantity(std::numeric_limits<double>::max(), 2, "V").size(), 309U + 3 + 2);
  EXPECT_EQ(quantity(-0.5, 1, "A"), "-0.5 A");
  EXPECT_EQ(quantity(-0.01, 1, "A"), "0.0 A");
}

TEST(Render, ShowsWhatEachMemberOfABankAllows) {
  const Report report = live_report();
  const std::string text = render(report, {});
  for (const char* part :
       {"Packs (bank of batteries)", "2 batteries counted", "Pack1 (not on the bus itself)",
        "allows CVL 55.2 V, CCL 80 A, DCL 120 A"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

}  // namespace
}  // namespace dmb::status
