// SPDX-License-Identifier: MIT
#include "support.h"

#include <chrono>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using test::config_of;

Config config_with(const std::string& keys) {
  return config_of("[DEFAULT]\n" + keys + test::mqtt_config());
}

TEST(Recording, IsOffUntilThereIsAFileForIt) {
  EXPECT_EQ(config_with("").record.path, std::nullopt);
  EXPECT_EQ(config_with("record =\n").record.path, std::nullopt);
}

TEST(Recording, ThatOnlyTheCommandLineAsksForIsAsTheOtherKeysSay) {
  EXPECT_EQ(config_with("record_hours = 2\nrecord_mask = boat\n").record,
            (RecordConfig{.path = std::nullopt, .max_age = 2h, .mask = {"boat"}}));
}

TEST(Recording, KeepsADayAndTwentyMegabytes) {
  EXPECT_EQ(config_with("record = /data/boat.jsonl\n").record,
            (RecordConfig{.path = "/data/boat.jsonl", .max_age = 24h, .max_bytes = 20'000'000}));
}

TEST(Recording, IsAsTheKeysSay) {
  EXPECT_EQ(config_with("record = /run/media/sda1/boat.jsonl\nrecord_hours = 48\n"
                        "record_mb = 100\nrecord_mask = Seagull, Harbour Road\n")
                .record,
            (RecordConfig{.path = "/run/media/sda1/boat.jsonl",
                          .max_age = 48h,
                          .max_bytes = 100'000'000,
                          .mask = {"Seagull", "Harbour Road"}}));
}

TEST(Recording, OfNoTimeOrNoRoomIsRefusedWithTheRange) {
  for (const std::string key : {"record_hours = 0\n", "record_mb = 1\n", "record_mb = much\n"}) {
    const ConfigResult result =
        parse_config("[DEFAULT]\nrecord = /data/x\n" + key + test::mqtt_config());
    EXPECT_TRUE(test::contains(test::all_of(result.problems), key.substr(0, key.find(' '))))
        << key << test::all_of(result.problems);
  }
}

}  // namespace
}  // namespace dmb
