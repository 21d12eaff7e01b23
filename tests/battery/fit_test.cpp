// SPDX-License-Identifier: MIT
#include "dmb/battery/fit.h"

#include "dmb/battery/quantity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace dmb {
namespace {

constexpr FitOptions kPayload{.slack = true};
constexpr FitOptions kWritten{.cut_off = true};
constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(Fit, MakesOfANumberWhatTheQuantityHolds) {
  struct Case {
    Quantity quantity;
    double number;
    FitOptions options;
    double want;
  };
  for (const Case& c : {
           Case{q("/Dc/0/Voltage"), 52.7, {}, 52.7},
           {q("/Dc/0/Voltage"), 1500, {}, 1500},
           {q("/TimeToGo"), 3600.5, {}, 3601},
           {q("/TimeToGo"), -0.4, {}, 0},
           {q("/TimeToGo"), 3600.9, kWritten, 3600},
           {q("/Alarms/LowSoc"), 2, {}, 2},
           {q("/Alarms/LowSoc"), 1.9, kWritten, 1},
           {q("/Soc"), 104.9, kPayload, 100},
           {q("/Soc"), -5, kPayload, 0},
           {q("/ConsumedAmphours"), 20, {}, -20},
           {q("/ConsumedAmphours"), -20, {}, -20},
       })
    EXPECT_EQ(fit(c.number, c.quantity.spec(), c.options), (std::variant<double, Misfit>(c.want)))
        << c.quantity.spec().path << ' ' << c.number;
}

TEST(Fit, RefusesWhatTheQuantityCannotHold) {
  struct Case {
    Quantity quantity;
    double number;
    FitOptions options;
    Misfit want;
  };
  for (const Case& c : {
           Case{q("/Dc/0/Voltage"), std::nan(""), {}, Misfit::not_finite},
           {q("/Dc/0/Voltage"), -kInf, kPayload, Misfit::not_finite},
           {q("/TimeToGo"), kInf, kWritten, Misfit::not_finite},
           {q("/Dc/0/Voltage"), 1500.1, kPayload, Misfit::out_of_range},
           {q("/TimeToGo"), -0.5, {}, Misfit::out_of_range},
           {q("/TimeToGo"), 2147483648.0, {}, Misfit::out_of_range},
           {q("/Alarms/LowSoc"), 0.5, {}, Misfit::not_whole},
           {q("/Alarms/LowSoc"), 1.5, kPayload, Misfit::not_whole},
           {q("/Alarms/LowSoc"), 3, {}, Misfit::out_of_range},
           {q("/Soc"), 100.1, {}, Misfit::out_of_range},
           {q("/Soc"), 105.1, kPayload, Misfit::out_of_range},
           {q("/Soh"), 150.1, kPayload, Misfit::out_of_range},
       })
    EXPECT_EQ(fit(c.number, c.quantity.spec(), c.options), (std::variant<double, Misfit>(c.want)))
        << c.quantity.spec().path << ' ' << c.number;
}

TEST(Fit, KnowsNoNegativeZero) {
  for (const Quantity quantity : {q("/Dc/0/Current"), q("/ConsumedAmphours"), q("/TimeToGo")})
    EXPECT_FALSE(std::signbit(std::get<double>(fit(-0.0, quantity.spec()))));
}

TEST(Fit, HasTheTypeOfTheItem) {
  EXPECT_EQ(fit_value(52, q("/Dc/0/Voltage").spec()), OptValue(52.0));
  EXPECT_EQ(fit_value(3600.5, q("/TimeToGo").spec()), OptValue(3601));
  EXPECT_EQ(fit_value(std::nan(""), q("/Dc/0/Voltage").spec()), std::nullopt);
  EXPECT_EQ(fit_value(5223, q("/Dc/0/Voltage").spec()), std::nullopt);
}

TEST(Fit, IsAnEndOfItself) {
  for (const ItemSpec& item : quantity_specs())
    for (const double number : {item.min, item.max, (item.min + item.max) / 3}) {
      const auto once = fit(number, item, kPayload);
      if (const auto* fitted = std::get_if<double>(&once)) {
        EXPECT_EQ(fit(*fitted, item), once) << item.path;
      }
    }
}

TEST(Complaint, SaysWhatIsWrongAndWhichUnitItMayBeIn) {
  EXPECT_EQ(complaint(Misfit::out_of_range, 52230, q("/Dc/0/Voltage").spec()),
            "52230 is outside 0 … 1500 (perhaps it is in millivolts)");
  EXPECT_EQ(complaint(Misfit::not_whole, 1.5, q("/Alarms/LowSoc").spec()),
            "1.5 is not a whole number");
  EXPECT_EQ(complaint(Misfit::not_finite, kInf, q("/Soc").spec()), "is not a finite number");
}

}  // namespace
}  // namespace dmb
