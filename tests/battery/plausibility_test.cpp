// SPDX-License-Identifier: MIT
#include "dmb/battery/plausibility.h"

#include "dmb/battery/quantity.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using About = Doubt::About;
using Cause = Doubt::Cause;
using Fields = std::vector<std::pair<const char*, double>>;

Reading reading_of(const Fields& fields) {
  Reading reading;
  for (const auto& [path, value] : fields) reading.set(*find_quantity(path), value);
  return reading;
}

Fields dc(double power, double voltage, double current) {
  return {{"/Dc/0/Power", power}, {"/Dc/0/Voltage", voltage}, {"/Dc/0/Current", current}};
}

Fields pack(double voltage, int cells, double cell) {
  static const std::vector<std::string> paths = [] {
    std::vector<std::string> all;
    for (int n = 1; n <= kMaxCells; ++n) all.push_back("/Voltages/Cell" + std::to_string(n));
    return all;
  }();
  Fields fields{{"/Dc/0/Voltage", voltage}};
  for (int n = 0; n < cells; ++n)
    fields.emplace_back(paths[static_cast<std::size_t>(n)].c_str(), cell);
  return fields;
}

/// After it was told so for a minute, once a second.
std::vector<Doubt> doubts_about(const Fields& fields) {
  Plausibility plausibility;
  const Reading reading = reading_of(fields);
  for (auto now = 100s; now <= 165s; ++now) plausibility.look(reading, Instant(now));
  return plausibility.doubts();
}

TEST(Plausibility, NamesTheLikelyCause) {
  struct Case {
    Fields fields;
    About about;
    Cause cause;
  };
  const std::vector<Case> cases{
      {dc(0.3216, 52.7, 6.1), About::power, Cause::power_in_kilowatts},
      {dc(321600, 52.7, 6.1), About::power, Cause::power_in_milliwatts},
      {dc(321.6, 52.7, 6100), About::power, Cause::current_in_milliamperes},
      {dc(321.6, 52.7, 61), About::power, Cause::current_in_tenths},
      {dc(132, 1321, 10), About::power, Cause::voltage_in_hundredths},
      {dc(321.6, 527, 6.1), About::power, Cause::voltage_in_tenths},
      {dc(12.8, 1280, 10), About::power, Cause::voltage_in_millivolts},
      {dc(500, 52.7, 6.1), About::power, Cause::unclear},
      {dc(0, 52.7, 6.1), About::power, Cause::unclear},
      {dc(-321.6, 52.7, 6.1), About::sign, Cause::wrong_sign},
      {{{"/Dc/0/Power", 321.6}, {"/Dc/0/Current", -6.1}}, About::sign, Cause::wrong_sign},
      {pack(527, 16, 3.3), About::cells, Cause::voltage_in_tenths},
      {pack(1320, 4, 3.3), About::cells, Cause::voltage_in_hundredths},
      {pack(52.7, 2, 3.3), About::cells, Cause::cells_missing},
      {pack(26.4, 16, 3.3), About::cells, Cause::unclear},
  };
  for (const Case& c : cases) {
    const auto doubts = doubts_about(c.fields);
    ASSERT_EQ(doubts.size(), 1u) << c.fields.front().second;
    EXPECT_EQ(doubts[0].about, c.about) << text_of(doubts[0]);
    EXPECT_EQ(doubts[0].cause, c.cause) << text_of(doubts[0]);
  }
}

TEST(Plausibility, AcceptsWhatRealBatteriesTell) {
  for (const Fields& fields :
       {dc(321.6, 52.7, 6.1), dc(-3, 52.7, 0.02), dc(20, 52.7, -0.3),
        dc(370, 52.7, 6.1),  // measured at another moment
        dc(0, 52.7, 0.9), dc(0, 0, 0), pack(52.7, 16, 3.3), pack(54, 15, 3.3), pack(52.7, 0, 0),
        pack(0, 16, 3.3), Fields{{"/Dc/0/Power", 5.0}}})
    EXPECT_TRUE(doubts_about(fields).empty()) << text_of(doubts_about(fields)[0]);
  Reading some = reading_of(pack(52.7, 2, 3.3));
  some.set(*find_quantity("/System/NrOfCellsPerBattery"), 16);
  Plausibility plausibility;
  for (auto now = 100s; now <= 165s; ++now) plausibility.look(some, Instant(now));
  EXPECT_TRUE(plausibility.doubts().empty()) << "sixteen cells of their mean are the voltage";
}

TEST(Plausibility, DoubtsOnlyWhatLastsForAMinute) {
  Plausibility plausibility;
  const Reading wrong = reading_of(dc(-321.6, 52.7, 6.1));
  const Reading right = reading_of(dc(321.6, 52.7, 6.1));
  plausibility.look(wrong, Instant(100s));
  plausibility.look(wrong, Instant(159s));
  EXPECT_TRUE(plausibility.doubts().empty());
  plausibility.look(wrong, Instant(164s));
  EXPECT_EQ(plausibility.doubts().size(), 1u);
  plausibility.look(right, Instant(170s));
  EXPECT_TRUE(plausibility.doubts().empty());
  plausibility.look(wrong, Instant(176s));
  plausibility.look(right, Instant(200s));
  plausibility.look(wrong, Instant(206s));
  plausibility.look(wrong, Instant(265s));
  EXPECT_TRUE(plausibility.doubts().empty()) << "it was right in between";
}

TEST(Plausibility, SaysItInWords) {
  EXPECT_EQ(text_of({About::power, Cause::power_in_kilowatts, 0.3216, 321.5}),
            "Dc/0/Power is 0.32 W, but Dc/0/Voltage times Dc/0/Current are 322 W: the power is "
            "probably in kilowatts; it has to be in watts");
  EXPECT_EQ(
      text_of({About::sign, Cause::wrong_sign, -321.6, 6.1}),
      "Dc/0/Power is -322 W and Dc/0/Current 6.10 A: one of them has the wrong sign; both are "
      "positive while charging");
  EXPECT_EQ(
      text_of({About::cells, Cause::cells_missing, 6.6, 52.7}),
      "the cells have 6.60 V together, but Dc/0/Voltage is 52.7 V: probably not all cells are "
      "told");
}

}  // namespace
}  // namespace dmb
