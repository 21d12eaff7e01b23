// SPDX-License-Identifier: MIT
#include "dmb/control/still_cells.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <functional>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using Numbers = std::vector<int>;

/// What cell `number` shows after so many seconds, in V.
using Course = std::function<double(int number, int second)>;

double to_digit(double value, double digit) {
  return std::round(value / digit) * digit;
}

/// Found in `seconds`, told once a second.
Numbers found(int cells, int seconds, const Course& course) {
  StillCells still;
  Numbers found;
  for (int second = 0; second <= seconds; ++second) {
    std::vector<CellVoltage> told;
    for (int number = 1; number <= cells; ++number)
      told.push_back({number, course(number, second)});
    found = still.update(told, Instant(1h + std::chrono::seconds(second)));
  }
  return found;
}

/// From 3.30 V by 10 mV a minute, to 1 mV.
double rising(int second) {
  return to_digit(3.30 + second * 0.010 / 60, 0.001);
}

TEST(StillCells, AreThoseThatStandWhileAllOthersMoveClearly) {
  const auto one_stands = [](int number, int second) {
    return number == 5 ? 3.31 : rising(second);
  };
  EXPECT_EQ(found(16, 290, one_stands), Numbers());  // not for long enough
  EXPECT_EQ(found(16, 310, one_stands), Numbers{5});
  const auto slowly = [](int number, int second) {
    return number == 5 ? 3.31 : rising(second / 3);
  };
  EXPECT_EQ(found(16, 500, slowly), Numbers());  // not by enough
  EXPECT_EQ(found(16, 550, slowly), Numbers{5});
  const auto falling = [](int number, int second) {
    return number == 5 ? 3.31 : 6.6 - rising(second);
  };
  EXPECT_EQ(found(16, 310, falling), Numbers{5});
  const auto half = [](int number, int second) { return number > 8 ? 3.31 : rising(second); };
  EXPECT_EQ(found(16, 310, half), (Numbers{9, 10, 11, 12, 13, 14, 15, 16}));
}

TEST(StillCells, AreFoundAlsoWhenTheyStopLater) {
  const auto stops = [](int number, int second) {
    return number == 5 ? rising(std::min(second, 300)) : rising(second);
  };
  EXPECT_EQ(found(16, 300 + 310, stops), Numbers{5});
}

TEST(StillCells, AreNoneWhereItMayBeTheBatteryItself) {
  const struct {
    const char* what;
    int cells;
    Course course;
  } rows[] = {
      {"at rest", 16, [](int, int) { return 3.334; }},
      {"the last digit flickers", 16,
       [](int number, int second) { return number == 5 ? 3.334 : 3.334 + 0.001 * (second % 2); }},
      {"a cell that is behind moves little", 16,
       [](int number, int second) {
         return number == 5 ? to_digit(3.33 + second * 0.0003 / 60, 0.001) : rising(second);
       }},
      {"one moves little, another not", 16,
       [](int number, int second) {
         if (number == 5) return 3.31;
         return number == 6 ? 3.31 + 0.001 * (second % 2) : rising(second);
       }},
      {"most stand", 16, [](int number, int second) { return number > 7 ? 3.31 : rising(second); }},
      {"steps of 10 mV", 16,
       [](int number, int second) { return number == 5 ? 3.31 : to_digit(rising(second), 0.01); }},
      {"too few to judge by", 3,
       [](int number, int second) { return number == 1 ? 3.31 : rising(second); }},
  };
  for (const auto& row : rows) EXPECT_EQ(found(row.cells, 420, row.course), Numbers()) << row.what;
}

TEST(StillCells, MoveAgainOrAreOthers) {
  StillCells still;
  const auto tell = [&](double moving_v, double still_v, int cells, std::chrono::seconds when) {
    std::vector<CellVoltage> told;
    for (int number = 1; number <= cells; ++number)
      told.push_back({number, number == 2 ? still_v : moving_v});
    return still.update(told, Instant(1h + when));
  };
  tell(3.30, 3.31, 8, 0s);
  tell(3.301, 3.31, 8, 1s);
  EXPECT_EQ(tell(3.34, 3.31, 8, 6min), Numbers{2});
  EXPECT_EQ(tell(3.30, 3.31, 8, 2h), Numbers{2});
  EXPECT_EQ(tell(3.30, 3.311, 8, 3h), Numbers());
  tell(3.301, 3.311, 8, 3h + 1s);
  EXPECT_EQ(tell(3.34, 3.311, 8, 4h), Numbers{2});
  EXPECT_EQ(tell(3.34, 3.311, 7, 4h + 1s), Numbers());
}

}  // namespace
}  // namespace dmb
