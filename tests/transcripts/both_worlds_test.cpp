// SPDX-License-Identifier: MIT
// An MQTT battery and a bank that is a BMS, told the same: where nothing says otherwise they behave
// alike.
#include "../support/log_capture.h"
#include "app/status_parts.h"
#include "dmb/battery/quantity.h"
#include "dmb/config/parse.h"
#include "log/narrator.h"
#include "stage.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dmb::test {
namespace {

using namespace std::chrono_literals;

/// How one of them is set up, told something, and made to be silent from the end of a minute on.
struct World {
  const char* name;
  std::string config;
  std::unique_ptr<Stage> (*make)(const Config&);
  std::vector<std::string> tell;
  std::string lacks_current;  ///< the current is not known any more, all else goes on
  std::string end;            ///< nothing: it just does not tell more
};

const std::vector<World>& worlds() {
  static const std::vector<World> kWorlds{
      {"battery",
       "[DEFAULT]\ntimeout = 60\n[MQTT]\nbroker_address = broker\ntopic = battery\n",
       make_battery_stage,
       {"connected",
        R"(message {"Soc": 60, "InstalledCapacity": 100, "Dc": {"Voltage": 52.7, "Current": -10},)"
        R"("Info": {"MaxChargeVoltage": 56, "MaxChargeCurrent": 80, "MaxDischargeCurrent": 120}})"},
       R"(message {"Soc": 60, "InstalledCapacity": 100, "Dc": {"Voltage": 52.7, "Current": null},)"
       R"("Info": {"MaxChargeVoltage": 56, "MaxChargeCurrent": 80, "MaxDischargeCurrent": 120}})",
       ""},
      {"bank",
       "[SMARTSHUNTS]\ndevice_mode = virtual-bms\nmax_charge_voltage = 56\n"
       "max_charge_current = 80\nmax_discharge_current = 120\n",
       make_bank_stage,
       {"shunt A /Dc/0/Voltage=52.7 /Dc/0/Current=-10 /Soc=60 /Alarms/HighVoltage=0 capacity=100",
        "looked-round"},
       "shunt A /Dc/0/Current=-",
       "gone A"}};
  return kWorlds;
}

Config parsed(const std::string& text) {
  return parse_config(text).config.value();
}

class Actor {
 public:
  explicit Actor(const World& world, const std::string& more = "")
      : world_(world), stage_(world.make(parsed(world.config + more))) {
    for (const std::string& event : world.tell) stage_->play({0, event}, kBegin);
    look(0s);
  }

  void play(const std::string& event, std::chrono::milliseconds at) {
    stage_->play({0, event}, kBegin + at);
    look(at);
  }
  void fall_silent() {
    if (!world_.end.empty()) stage_->play({0, world_.end}, kBegin + 60s);
    look(60s);
  }
  void change(const std::string& more, std::chrono::milliseconds at) {
    stage_->change(parsed(world_.config + more), kBegin + at);
    look(at);
  }
  void look(std::chrono::milliseconds at) {
    stage_->end_turn(kBegin + at);
    stage_->device().view(kBegin + at);
    const Notes notes = stage_->device().take_notes();
    narrator_.tell(notes, {.device = "House", .bus = "com.victronenergy.battery.house"},
                   kBegin + at);
  }
  status::ValuesStatus status() const { return values_status(stage_->device().values()); }

  std::optional<double> number(Quantity quantity) const {
    return stage_->device().values().number(quantity);
  }
  Presence presence() const { return stage_->device().presence(); }
  bool is_holding() const { return stage_->is_holding(); }
  std::optional<Instant> next_change(std::chrono::milliseconds at) const {
    return stage_->device().next_change(kBegin + at);
  }

 private:
  const World& world_;
  std::unique_ptr<Stage> stage_;
  Narrator narrator_;
};

using Numbers = std::vector<std::pair<Quantity, std::optional<double>>>;

void expect(const Actor& actor, const Numbers& numbers) {
  for (const auto& [quantity, wanted] : numbers) {
    const auto seen = actor.number(quantity);
    ASSERT_EQ(seen.has_value(), wanted.has_value()) << quantity.spec().path;
    EXPECT_NEAR(seen.value_or(0), wanted.value_or(0), 1e-9) << quantity.spec().path;
  }
}

TEST(BothWorlds, ShowWhatTheyAreTold) {
  for (const World& world : worlds()) {
    SCOPED_TRACE(world.name);
    const Actor actor(world);
    EXPECT_EQ(actor.presence(), Presence::on);
    expect(actor, {{q("/Dc/0/Voltage"), 52.7},
                   {q("/Soc"), 60},
                   {q("/Info/MaxChargeVoltage"), 56},
                   {q("/Info/MaxChargeCurrent"), 80},
                   {q("/Info/MaxDischargeCurrent"), 120},
                   {q("/Alarms/BmsCable"),
                    world.name == std::string("bank") ? std::optional(0.0) : std::nullopt}});
  }
}

TEST(BothWorlds, EndTheTimeToGoAtTheSameFloor) {
  for (const World& world : worlds()) {
    SCOPED_TRACE(world.name);
    const Actor actor(world, "[TIME_TO_GO]\nsoc = 20\n");
    expect(actor, {{q("/TimeToGo"), 4 * 3600}});  // 40 Ah at 10 A
  }
}

TEST(BothWorlds, StopChargingForTenSecondsWhenNobodyIsHeardAndLeave) {
  for (const World& world : worlds()) {
    SCOPED_TRACE(world.name);
    Actor actor(world);
    actor.fall_silent();
    EXPECT_TRUE(actor.is_holding());
    const Numbers fail_safe{
        {q("/Dc/0/Voltage"), std::nullopt}, {q("/Soc"), std::nullopt},
        {q("/TimeToGo"), std::nullopt},     {q("/Info/MaxChargeVoltage"), 52.7 * 0.98 - 0.4},
        {q("/Info/MaxChargeCurrent"), 0},   {q("/Info/MaxDischargeCurrent"), 120},
        {q("/Alarms/BmsCable"), 2}};
    expect(actor, fail_safe);
    EXPECT_EQ(actor.next_change(60s), kBegin + 70s);
    actor.look(69999ms);
    EXPECT_TRUE(actor.is_holding());
    expect(actor, fail_safe);
    actor.look(70s);
    EXPECT_EQ(actor.presence(), Presence::off);
    // A bank forgets its members after seven days.
    EXPECT_GT(actor.next_change(70s).value_or(Instant::max()), kBegin + 24h);
  }
}

TEST(BothWorlds, StopDischargingInSilenceWhereSoConfigured) {
  for (const World& world : worlds()) {
    SCOPED_TRACE(world.name);
    Actor actor(world, "[DEFAULT]\nstop_discharge_on_timeout = 1\n");
    expect(actor, {{q("/Info/MaxDischargeCurrent"), 120}});
    actor.fall_silent();
    expect(actor, {{q("/Info/MaxChargeCurrent"), 0}, {q("/Info/MaxDischargeCurrent"), 0}});
  }
}

TEST(BothWorlds, ShowAsUnknownWhatIsNotKnownAnyMoreAndGoOnWithTheRest) {
  for (const World& world : worlds()) {
    SCOPED_TRACE(world.name);
    Actor actor(world);
    actor.play(world.lacks_current, 10s);
    EXPECT_EQ(actor.presence(), Presence::on);
    expect(actor, {{q("/Dc/0/Voltage"), 52.7},
                   {q("/Dc/0/Current"), std::nullopt},
                   {q("/TimeToGo"), std::nullopt},
                   {q("/Soc"), 60},
                   {q("/Info/MaxChargeVoltage"), 56},
                   {q("/Info/MaxChargeCurrent"), 80}});
  }
}

TEST(BothWorlds, TellTheStatusTheSame) {
  for (const World& world : worlds()) {
    SCOPED_TRACE(world.name);
    Actor actor(world);
    const status::ValuesStatus live = actor.status();
    EXPECT_EQ(live.voltage_v, 52.7);
    EXPECT_EQ(live.current_a, -10);
    EXPECT_EQ(live.soc_percent, 60);
    actor.fall_silent();
    const status::ValuesStatus silent = actor.status();
    EXPECT_FALSE(silent.voltage_v || silent.current_a || silent.power_w || silent.soc_percent);
  }
}

TEST(BothWorlds, WarnInTheLogWhenChargingStopsForASilenceAndWhenTheyLeave) {
  for (const World& world : worlds()) {
    SCOPED_TRACE(world.name);
    LogCapture log;
    Actor actor(world);
    const auto bad_lines = [&log] { return log.count("warning ") + log.count("error "); };
    const std::size_t before = bad_lines();
    actor.fall_silent();
    EXPECT_EQ(log.count("charging is stopped (CCL 0)"), 1U);
    const std::size_t told = bad_lines();
    EXPECT_GT(told, before);
    for (auto at = 61s; at < 70s; at += 1s) actor.look(at);
    EXPECT_EQ(bad_lines(), told) << "while nothing changes";
    actor.look(70s);
    EXPECT_EQ(bad_lines(), told + 1);
    EXPECT_EQ(log.count("com.victronenergy.battery.house leaves the bus"), 1U);
    for (auto at = 71s; at < 1000s; at += 60s) actor.look(at);
    EXPECT_EQ(bad_lines(), told + 1) << "for those that are away";
  }
}

TEST(BothWorlds, ForgetNothingByAReload) {
  for (const World& world : worlds()) {
    SCOPED_TRACE(world.name);
    Actor actor(world);
    actor.change("[TIME_TO_GO]\nsoc = 20\n", 10s);
    EXPECT_EQ(actor.presence(), Presence::on);
    expect(actor, {{q("/Dc/0/Voltage"), 52.7},
                   {q("/Info/MaxChargeVoltage"), 56},
                   {q("/Info/MaxChargeCurrent"), 80},
                   {q("/TimeToGo"), 4 * 3600}});
    actor.fall_silent();
    EXPECT_TRUE(actor.is_holding());
  }
}

}  // namespace
}  // namespace dmb::test
