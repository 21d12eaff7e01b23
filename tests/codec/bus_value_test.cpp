// SPDX-License-Identifier: MIT
#include "dmb/codec/bus_value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

namespace dmb {
namespace {

constexpr ItemSpec kMeasure{.path = "/M", .min = -100, .max = 100};
constexpr ItemSpec kCount{.path = "/C", .kind = Kind::count, .min = 0, .max = 1000};
constexpr ItemSpec kSwitch{.path = "/E", .kind = Kind::enumeration, .min = 0, .max = 1};
constexpr ItemSpec kText{.path = "/T", .kind = Kind::text};

std::int64_t integer(std::int64_t value) {
  return value;
}
std::uint64_t natural(std::uint64_t value) {
  return value;
}

/// That many letters of two bytes each.
std::string letters(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "ä";
  return text;
}

struct GoodCase {
  BusValue in;
  ItemSpec item;
  Value out;
};

TEST(Convert, MakesOfAValueWhatTheItemHolds) {
  const GoodCase cases[] = {
      {integer(-5), kMeasure, -5.0},
      {natural(5), kMeasure, 5.0},
      {1.25, kMeasure, 1.25},
      {true, kMeasure, 1.0},
      {std::string("-12.5"), kMeasure, -12.5},
      {std::string(" +1e1\n"), kMeasure, 10.0},
      {integer(12), kCount, 12},
      {3.9, kCount, 3},
      {-0.9, kCount, 0},
      {std::string("12"), kCount, 12},
      {std::string("3.9"), kCount, 3},
      {natural(1000), kCount, 1000},
      {true, kSwitch, 1},
      {false, kSwitch, 0},
      {std::string("Shed"), kText, "Shed"},
      {std::string(), kText, ""},
      {std::string("7"), kText, "7"},
      {std::string(32, 'x'), kText, std::string(32, 'x')},
      {letters(32), kText, letters(32)},
  };
  for (const auto& c : cases) {
    const auto out = convert(c.in, c.item);
    ASSERT_TRUE(out && *out) << c.item.path << " from alternative " << c.in.index();
    EXPECT_EQ(**out, c.out) << c.item.path << " from alternative " << c.in.index();
  }
}

TEST(Convert, RefusesWhatDoesNotFit) {
  const std::pair<BusValue, ItemSpec> cases[] = {
      {101.0, kMeasure},
      {integer(-101), kMeasure},
      {natural(UINT64_MAX), kMeasure},
      {std::numeric_limits<double>::quiet_NaN(), kMeasure},
      {std::numeric_limits<double>::infinity(), kMeasure},
      {std::string("nan"), kMeasure},
      {std::string("inf"), kMeasure},
      {std::string(""), kMeasure},
      {std::string("zz"), kMeasure},
      {std::string("1,5"), kMeasure},
      {std::string("1.5 V"), kMeasure},
      {std::string("+-1"), kMeasure},
      {std::string("++1"), kMeasure},
      {std::string("1e999"), kMeasure},
      {std::string("zz"), kCount},
      {integer(-1), kCount},
      {1001.0, kCount},
      {integer(2), kSwitch},
      {std::string(33, 'x'), kText},
      {letters(33), kText},
      {integer(-7), kText},
      {natural(UINT64_MAX), kText},
      {2.5, kText},
      {true, kText},
  };
  for (const auto& [in, item] : cases) {
    EXPECT_FALSE(convert(in, item)) << item.path << " from alternative " << in.index();
  }
}

TEST(Convert, MakesNoNegativeZero) {
  const auto zero = convert(-0.0, kMeasure);
  ASSERT_TRUE(zero && *zero);
  EXPECT_FALSE(std::signbit(std::get<double>(**zero)));
}

TEST(Convert, TakesTheEmptyArrayAsInvalidForEveryKind) {
  for (const auto& item : {kMeasure, kCount, kSwitch, kText}) {
    const auto out = convert(std::monostate(), item);
    ASSERT_TRUE(out);
    EXPECT_FALSE(out->has_value());
  }
}

}  // namespace
}  // namespace dmb
