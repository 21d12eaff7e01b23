// SPDX-License-Identifier: MIT
// Batteries of which nothing is known but what was announced to Home Assistant.
#include "dmb/mapping/discovery.h"
#include "presets_of.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

namespace dmb {
namespace {

struct Message {
  std::string topic;
  std::string payload;
};

/// An announcement of "n1": a sensor of this name and unit.
Message sensor(const std::string& id, const std::string& unit, const std::string& more) {
  return {"homeassistant/sensor/n1/" + id + "/config",
          R"({"name":")" + id + R"(","unit_of_meas":")" + unit +
              R"(","dev":{"ids":"n1","name":"My BMS"},)" + more + "}"};
}

std::string found(const std::vector<Message>& messages, std::vector<DiscoveryPreset> presets = {}) {
  Discovery discovery(std::move(presets));
  for (const Message& message : messages) discovery.receive(message.topic, message.payload);
  return render(discovery.report({}));
}

const std::vector<Message> kJson{
    sensor("SoC", "%", R"("stat_t":"bms/s","val_tpl":"{{ value_json.soc }}","avty_t":"bms/lwt")"),
    sensor("Total voltage", "V",
           R"("stat_t":"bms/s","val_tpl":"{{ value_json.u | float / 1000 }}")"),
    sensor("Current", "A", R"("stat_t":"bms/s","val_tpl":"{{ value_json['i'] }}")"),
    sensor("Power", "W", R"("stat_t":"bms/s","val_tpl":"{{ value_json.p }}")"),
    sensor("Cell 1", "mV", R"("stat_t":"bms/s","val_tpl":"{{ value_json.c.v01 }}")"),
    sensor("Cell 2", "mV", R"("stat_t":"bms/s","val_tpl":"{{ value_json.c.v02 }}")"),
    sensor("Temperature 1", "°C", R"("stat_t":"bms/t1")"),
    sensor("Max charge current", "A", R"("stat_t":"bms/ccl")"),
    sensor("Overvoltage protection", "V", R"("stat_t":"bms/ovp")"),
    sensor("Odd voltage", "V", R"("stat_t":"bms/s","val_tpl":"{{ value_json.x ** 2 }}")"),
    {"bms/s", R"({"soc":55,"u":52700,"i":-3,"p":158,"c":{"v01":3301,"v02":3302}})"},
    {"bms/t1", "21"},
    {"bms/lwt", "online"},
};

TEST(HaBatteries, AreMappedByUnitClassAndName) {
  EXPECT_EQ(found(kJson), R"(
; --- My BMS: announced to Home Assistant
;     saw: SoC 55%, voltage 52.70V, current -3.0A, power 158W, 2 cells 3.301V to 3.302V, temperature 21.0°C
;     missing: limits of charging
;     odd: current and power contradict each other: the sign of one of them is wrong
;     unknown: sign of the current: check while charging, it must be positive then; if it is not, write Dc/0/Current = bms/s#/i * -1 in its [MAP]
[BATTERY My BMS]
device_instance = 101

[MAP My BMS]
Dc/0/Power = bms/s#/p
Dc/0/Voltage = bms/s#/u * 0.001
Dc/0/Current = bms/s#/i
Dc/0/Temperature = bms/t1
Soc = bms/s#/soc
System/Temperature1 = bms/t1
Voltages/Cell{n} = bms/s#/c/v{n:02} * 0.001
availability = bms/lwt online/offline
only_changes = no
; a limit? Check it, then take the semicolon away: Info/MaxChargeCurrent = bms/ccl
)");
}

TEST(HaBatteries, GivePlaceToAPreset) {
  auto messages = kJson;
  const std::string text =
      found(messages, {test::preset_of("own",
                                       "\n[MAP]\nSoc = {topic}/s#/soc\n"
                                       "Dc/0/Voltage = {topic}/s#/u * 0.001\n")});
  EXPECT_NE(text.find("[BATTERY My BMS]\npreset = own\ntopic = bms\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("[MAP"), std::string::npos) << text;
}

TEST(HaBatteries, VoltsThatAreNoneAreGuessedBySize) {
  const std::string text = found({sensor("SoC", "%", R"("stat_t":"a/soc")"),
                                  sensor("Voltage", "V", R"("stat_t":"a/u")"),
                                  sensor("Cell voltage 7", "V", R"("stat_t":"a/c7")"),
                                  {"a/soc", "50"},
                                  {"a/u", "5270"},
                                  {"a/c7", "3294"}});
  EXPECT_NE(text.find("Dc/0/Voltage = a/u * 0.01\n"), std::string::npos) << text;
  EXPECT_NE(text.find("Voltages/Cell7 = a/c7 * 0.001\n"), std::string::npos) << text;
  EXPECT_NE(text.find("guessed: Dc/0/Voltage: 5270 is too much for volts"), std::string::npos)
      << text;
}

TEST(HaBatteries, ASensorsOwnCellIsNone) {
  EXPECT_EQ(
      found({sensor("Battery", "%",
                    R"("dev_cla":"battery","stat_t":"z/s","val_tpl":"{{ value_json.battery }}")"),
             sensor("Voltage", "mV", R"("stat_t":"z/s","val_tpl":"{{ value_json.voltage }}")"),
             sensor("Temperature", "°C", R"("stat_t":"z/s","val_tpl":"{{ value_json.t }}")"),
             {"z/s", R"({"battery":80,"voltage":3000,"t":20})"}}),
      "");
}

TEST(HaBatteries, OneOfWhichNothingCameIsOnlyAComment) {
  const std::string text =
      found({sensor("SoC", "%", R"("stat_t":"a/soc")"), sensor("Voltage", "V", R"("stat_t":"a/u")"),
             sensor("Current", "A", R"("stat_t":"a/i")")});
  EXPECT_EQ(text.find("\n["), std::string::npos) << text;
}

TEST(HaBatteries, SwitchesOfTransistorsSayWhatIsAllowed) {
  const std::string text = found(
      {sensor("SoC", "%", R"("stat_t":"a/soc")"),
       sensor("Voltage", "V", R"("stat_t":"a/u")"),
       {"homeassistant/switch/n1/charging/config",
        R"({"name":"Charging","stat_t":"a/fet","dev":{"ids":"n1"},"stat_on":"on","stat_off":"off"})"},
       {"homeassistant/binary_sensor/n1/discharging/config",
        R"({"name":"Discharging","stat_t":"a/now","dev":{"ids":"n1"}})"},
       {"a/soc", "50"},
       {"a/u", "52"},
       {"a/fet", "on"},
       {"a/now", "OFF"}});
  EXPECT_NE(text.find("Io/AllowToCharge = a/fet on=1 off=0\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("AllowToDischarge"), std::string::npos) << text;
}

TEST(HaBatteries, ForeignTextsCannotWriteIntoTheMap) {
  const std::string text = found({sensor("SoC", "%", R"("stat_t":"a/soc\n[MQTT]\npassword = x")"),
                                  sensor("Voltage", "V", R"("stat_t":"a/u + 3")"),
                                  {"a/soc\n[MQTT]\npassword = x", "50"},
                                  {"a/u + 3", "52"}});
  EXPECT_EQ(text.find("\n["), std::string::npos) << text;
  EXPECT_EQ(text.find("\npassword"), std::string::npos) << text;
}

}  // namespace
}  // namespace dmb
