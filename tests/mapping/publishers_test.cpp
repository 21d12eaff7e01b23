// SPDX-License-Identifier: MIT
// What the publishers of tests/data/publishers send, through their presets: value, unit and sign of
// each item. With retain flags as the publishers have them, and once more as if all were live.
#include "map_player.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

namespace dmb {
namespace {

using namespace test;
using namespace std::chrono_literals;

struct Message {
  std::string topic;
  std::string payload;
  bool retained = false;
};

std::string file_text(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Message> messages_of(const std::string& publisher) {
  std::vector<Message> messages;
  std::istringstream lines(
      file_text(std::string(DMB_TEST_DATA) + "/publishers/" + publisher + "/messages.tsv"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# ")) continue;
    const std::size_t first = line.find('\t');
    const std::size_t second = line.rfind('\t');
    messages.push_back({line.substr(0, first), line.substr(first + 1, second - first - 1),
                        line.substr(second + 1) == "1"});
  }
  EXPECT_FALSE(messages.empty()) << publisher;
  return messages;
}

using Keys = std::map<std::string, std::string, std::less<>>;

Map preset(const std::string& name, const Keys& keys) {
  const std::string text = file_text(std::string(DMB_SOURCE_DIR) + "/presets/" + name + ".ini");
  const std::size_t map = text.find("\n[MAP]\n");
  Keys known = keys;
  for (const MapEntry& entry : map_entries(std::string_view(text).substr(0, map)))
    if (!entry.key.starts_with(';')) known.emplace(entry.key, entry.value);
  const auto names = [&known](std::string_view key) {
    const auto found = known.find(key);
    return found == known.end() ? std::nullopt : std::optional(found->second);
  };
  const MapResult result = parse_map(map_entries(std::string_view(text).substr(map)), {}, names);
  for (const MapProblem& problem : result.problems)
    ADD_FAILURE() << name << ", " << problem.key << ": " << problem.message;
  return result.map;
}

constexpr const char* kUnknown = "unknown";
using Want = std::variant<double, const char*>;

struct Publisher {
  const char* folder;
  const char* preset;
  Keys keys;
  std::map<const char*, Want> values;
  bool ends_gone = false;
};

std::vector<Publisher> publishers() {
  return {
      {"batmon-ha",
       "batmon",
       {{"topic", "battery1"}},
       {{"/Dc/0/Voltage", 52.5},
        {"/Dc/0/Current", -16.0},
        {"/Dc/0/Power", -840.0},
        {"/Soc", 67.9},
        {"/InstalledCapacity", 280.0},
        {"/Capacity", 190.1},
        {"/Voltages/Cell1", 3.281},
        {"/Voltages/Cell2", 3.283},
        {"/System/MinCellVoltage", 3.281},
        {"/Dc/0/Temperature", 21.4},
        {"/Io/AllowToCharge", 1.0},
        {"/Alarms/InternalFailure", 0.0}}},
      {"diybms-v4",
       "diybms",
       {},
       {{"/Voltages/Cell1", 3.312},
        {"/Voltages/Cell2", 3.315},
        {"/Balances/Cell1", 0.0},
        {"/Dc/0/Voltage", 53.01},
        {"/Dc/0/Current", -4.3},
        {"/Dc/0/Power", -227.9},
        {"/Soc", 74.31},
        {"/Info/MaxChargeVoltage", 55.2},
        {"/Info/MaxChargeCurrent", 40.0},
        {"/Alarms/HighCurrent", 0.0}}},
      {"esp32-bluetoothbms2mqtt",
       "esp32-bluetoothbms2mqtt",
       {{"topic", "shed"}},
       {{"/Dc/0/Voltage", 13.21},
        {"/Dc/0/Current", -4.3},
        {"/Soc", 83.0},
        {"/Voltages/Diff", 0.003},
        {"/Dc/0/Temperature", 22.9}}},
      {"esphome-jk-bms",
       "esphome-jk-bms",
       {{"topic", "jkbms"}},
       {{"/Dc/0/Voltage", kUnknown},
        {"/Dc/0/Current", -4.3},
        {"/Dc/0/Power", -230.65},
        {"/Soc", 73.0},
        {"/Capacity", 204.4},
        {"/InstalledCapacity", 280.0},
        {"/Voltages/Cell1", 3.352},
        {"/Voltages/Cell2", 3.353},
        {"/Dc/0/Temperature", 22.0},
        {"/System/MOSTemperature", 24.0},
        {"/Alarms/HighVoltage", 0.0},
        {"/Io/AllowToCharge", 1.0},
        {"/Io/AllowToDischarge", 1.0}}},
      {"gx-scalar-topics",
       "victron",
       {{"topic", "N/c0619ab00000/battery/512"}},
       {{"/Dc/0/Voltage", 49.810001373291016},
        {"/Dc/0/Current", -10.699999809265137},
        {"/Dc/0/Power", -532.0},
        {"/Soc", 74.0},
        {"/Info/MaxChargeCurrent", 200.0},
        {"/Info/MaxChargeVoltage", 53.2},
        {"/Info/MaxDischargeCurrent", 200.0},
        {"/System/MinVoltageCellId", "C3"},
        {"/TimeToGo", kUnknown}}},
      {"gx-scalar-topics",
       "victron-batteries",
       {{"topic", "N/c0619ab00000/system/0/Batteries"}, {"instance", "512"}},
       {{"/Dc/0/Voltage", 49.810001373291016},
        {"/Dc/0/Current", -10.699999809265137},
        {"/Dc/0/Power", -532.0},
        {"/Dc/0/Temperature", 12.399999618530273},
        {"/Soc", 74.0}}},
      {"hm2mqtt-marstek",
       "marstek-hm2mqtt",
       {{"topic", "hm2mqtt/HMG-50/device/aabbccddeeff"}},
       {{"/Dc/0/Voltage", 52.23},
        {"/Soc", 65.0},
        {"/Soh", 100.0},
        {"/Voltages/Cell1", 3.265},
        {"/Voltages/Cell4", 3.266},
        {"/System/Temperature1", 18.0}}},
      {"home-assistant-statestream",
       "homeassistant",
       {{"topic", "ha"}, {"name", "bms"}},
       {{"/Dc/0/Voltage", 52.7},
        {"/Dc/0/Current", -4.3},
        {"/Dc/0/Power", -226.6},
        {"/Soc", kUnknown}}},
      {"jbdbms2mqtt",
       "jbdbms2mqtt",
       {{"topic", "jbd"}},
       {{"/Dc/0/Voltage", 13.21},
        {"/Dc/0/Current", -4.3},
        {"/Dc/0/Power", -57.0},
        {"/Soc", 83.0},
        {"/Capacity", 83.1},
        {"/History/ChargeCycles", 12.0},
        {"/Dc/0/Temperature", 22.9},
        {"/Io/AllowToCharge", 1.0},
        {"/Voltages/Cell1", 3.301},
        {"/Voltages/Cell3", 3.3},
        {"/Alarms/HighCellVoltage", 0.0}}},
      {"opendtu-onbattery-jkbms",
       "opendtu-jk",
       {},
       {{"/Dc/0/Voltage", 53.12},
        {"/Dc/0/Current", -4.5},
        {"/Soc", 73.0},
        {"/Voltages/Cell1", 3.321},
        {"/Voltages/Cell2", 3.32},
        {"/Dc/0/Temperature", 21.0},
        {"/Io/AllowToCharge", 1.0},
        {"/Alarms/HighCellVoltage", 0.0}}},
      {"opendtu-onbattery-pylontech",
       "opendtu-pylontech",
       {},
       {{"/Dc/0/Voltage", 49.81},
        {"/Dc/0/Current", -10.7},
        {"/Soc", 88.0},
        {"/Info/MaxChargeVoltage", 53.2},
        {"/Info/MaxChargeCurrent", 37.0},
        {"/Info/MaxDischargeCurrent", 37.0},
        {"/Alarms/HighVoltage", 1.0},
        {"/Io/AllowToCharge", 1.0}}},
      {"seplos-mqtt-bash",
       "seplos-bash",
       {{"topic", "homeassistant/sensor/seplos_364700000000"}},
       {{"/Dc/0/Voltage", 52.81},
        {"/Dc/0/Current", -4.35},
        {"/Soc", 71.9},
        {"/Soh", 100.0},
        {"/Capacity", 201.13},
        {"/Voltages/Cell1", 3.301},
        {"/Voltages/Cell2", 3.302},
        {"/Voltages/Diff", 0.007},
        {"/Dc/0/Temperature", 21.5},
        {"/History/ChargeCycles", 12.0}}},
      {"seplos-mqtt-rs485",
       "seplos-rs485",
       {},
       {{"/Dc/0/Voltage", 53.1},
        {"/Dc/0/Current", -5.12},
        {"/Dc/0/Power", -271.87},
        {"/Soc", 71.5},
        {"/Capacity", 200.1},
        {"/Voltages/Cell1", 3.318},
        {"/Voltages/Cell2", 3.319},
        {"/System/MinCellVoltage", 3.316},
        {"/System/NrOfCellsPerBattery", 16.0}}},
      {"solar-assistant",
       "solar-assistant",
       {},
       {{"/Dc/0/Voltage", 52.3},
        {"/Dc/0/Current", -3.5},
        {"/Dc/0/Power", -183.0},
        {"/Soc", 47.9},
        {"/Soh", 100.0},
        {"/InstalledCapacity", 100.0},
        {"/System/MaxCellVoltage", 3.27},
        {"/System/MinCellVoltage", 3.266},
        {"/Dc/0/Temperature", 22.3},
        {"/History/ChargeCycles", 103.0}}},
  };
}

/// What a battery knows after the messages, and what was said of them on the way.
struct Heard {
  std::map<Quantity, OptValue> values;
  std::vector<std::string> complaints;
  bool life = false;
};

Heard play(const Publisher& publisher, bool all_live) {
  MapPlayer player(preset(publisher.preset, publisher.keys));
  Heard heard;
  const auto note = [&](const Outs& outs) {
    for (const Out& out : outs) {
      EXPECT_EQ(out.kind, Out::Kind::values) << publisher.folder << ": " << out.what;
      heard.life = heard.life || out.is_life;
      for (const Reading::Field& field : out.reading.fields()) heard.values[field.id] = field.value;
      for (const auto& complaint : out.reading.complaints())
        heard.complaints.push_back(complaint.what);
    }
  };
  for (const Message& message : messages_of(publisher.folder))
    note(message.retained && !all_live ? player.retained(message.topic, message.payload)
                                       : player.live(message.topic, message.payload));
  note(player.end());
  return heard;
}

void check(const Publisher& publisher, const Heard& heard) {
  EXPECT_TRUE(heard.complaints.empty()) << publisher.folder << ": " << heard.complaints.front();
  for (const auto& [path, want] : publisher.values) {
    const auto told = heard.values.find(*find_quantity(path));
    ASSERT_NE(told, heard.values.end()) << publisher.folder << ' ' << path;
    const OptValue& value = told->second;
    if (const auto* number = std::get_if<double>(&want)) {
      ASSERT_TRUE(value) << publisher.folder << ' ' << path;
      const auto* whole = std::get_if<std::int32_t>(&*value);
      EXPECT_DOUBLE_EQ(whole != nullptr ? *whole : std::get<double>(*value), *number)
          << publisher.folder << ' ' << path;
    } else if (std::get<const char*>(want) == kUnknown) {
      EXPECT_FALSE(value) << publisher.folder << ' ' << path;
    } else {
      EXPECT_EQ(value, Value(std::string(std::get<const char*>(want))));
    }
  }
}

TEST(Publishers, ArriveWithTheRightValueUnitAndSign) {
  for (const Publisher& publisher : publishers()) check(publisher, play(publisher, true));
}

TEST(Publishers, ArriveTheSameWhereTheBrokerStoredTheirMessages) {
  for (const Publisher& publisher : publishers()) check(publisher, play(publisher, false));
}

TEST(Publishers, LiveByTheirLiveMessagesOnly) {
  for (const Publisher& publisher : publishers()) {
    const bool has_live = !messages_of(publisher.folder).front().retained;
    EXPECT_EQ(play(publisher, false).life, has_live) << publisher.folder;
  }
}

}  // namespace
}  // namespace dmb
