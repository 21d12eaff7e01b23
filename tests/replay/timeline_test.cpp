// SPDX-License-Identifier: MIT
#include "app/replay/timeline.h"

#include "app/replay/stage.h"
#include "recorded.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace dmb::replay::test {
namespace {

using Rows = std::vector<std::string>;

Rows rows_of(const Recording& recording, bool with_items = false) {
  Rows rows;
  Timeline timeline([&rows](const std::string& row) { rows.push_back(row); }, with_items);
  Stage stage({}, timeline);
  for (const record::Line& line : recording.lines()) stage.play(line);
  return rows;
}

bool has(const Rows& rows, const std::string& part) {
  return std::ranges::any_of(
      rows, [&](const std::string& row) { return row.find(part) != std::string::npos; });
}

TEST(Timeline, TellsWhatWasDecidedWhenAndWhy) {
  Recording recording = house();
  recording.message(5, house_payload(80)).view(65).view(75);
  const Rows rows = rows_of(recording);
  const Rows expected{
      "Recorded by version 1.2.3, from 2026-01-02 03:04:05 UTC on by the clock of the device",
      " 0:00:00.000  2026-01-02 03:04:05  House                 is not on the bus yet",
      " 0:00:05.000  2026-01-02 03:04:10  House                 log: INFO House (topic "
      "battery/house): first message",
      " 0:00:05.000  2026-01-02 03:04:10  House                 comes to the bus",
      " 0:00:05.000  2026-01-02 03:04:10  House                 CVL 56 V: as the payload gives it",
      " 0:00:05.000  2026-01-02 03:04:10  House                 CCL 80 A: as the payload gives it",
      " 0:00:05.000  2026-01-02 03:04:10  House                 DCL 120 A: as the payload gives "
      "it"};
  ASSERT_GT(rows.size(), expected.size());
  EXPECT_EQ(Rows(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(expected.size())),
            expected);
  EXPECT_TRUE(has(rows,
                  " 0:01:05.000  2026-01-02 03:05:10  House                 "
                  "CCL 80 A -> 0 A: charging is stopped: the battery is silent"));
  EXPECT_TRUE(has(rows, "log: WARNING House (topic battery/house): no valid message for 60 s"));
  EXPECT_EQ(rows.back(), " 0:01:15.000  2026-01-02 03:05:20  House                 leaves the bus");
}

TEST(Timeline, TheSameRecordingGivesTheSameRows) {
  Recording recording = house();
  recording.message(5, house_payload(80)).message(6, "no JSON").view(65).view(75);
  EXPECT_EQ(rows_of(recording, true), rows_of(recording, true));
}

TEST(Timeline, TellsItemsWhereAskedAndOnlyWhatChanges) {
  Recording recording = house();
  recording.message(5, house_payload(80)).message(6, house_payload(70));
  EXPECT_FALSE(has(rows_of(recording), "/Soc"));
  const Rows rows = rows_of(recording, true);
  EXPECT_EQ(std::ranges::count_if(
                rows, [](const std::string& row) { return row.find("/Soc = ") != row.npos; }),
            1);
  EXPECT_TRUE(has(rows, "/Soc = 60%"));
  EXPECT_TRUE(has(rows,
                  " 0:00:06.000  2026-01-02 03:04:11  House                 "
                  "/Info/MaxChargeCurrent = 70.0A"));
}

TEST(Timeline, SaysWhatCannotBePlayed) {
  EXPECT_TRUE(has(rows_of(house().add(1, record::Gap{3})), "3 lines are missing here"));
}

TEST(Timeline, BearsAnyClock) {
  Recording recording;
  recording.add(0, record::Began{"1.2.3", INT64_MAX, 0, false}).add(5, record::Gap{1});
  EXPECT_TRUE(has(rows_of(recording), "9999-12-31 23:59:59"));
  Recording before;
  before.add(0, record::Began{"1.2.3", INT64_MIN, 0, false}).add(5, record::Gap{1});
  EXPECT_TRUE(has(rows_of(before), "1970-01-01 00:00:05"));
}

}  // namespace
}  // namespace dmb::replay::test
