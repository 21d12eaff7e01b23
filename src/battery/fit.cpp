// SPDX-License-Identifier: MIT
#include "dmb/battery/fit.h"

#include "dmb/battery/shortest.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace dmb {
namespace {

/// How far a share of 100 may lie outside (Trait::slack).
constexpr double kSlack = 5;

/// What a voltage far too high for its item is probably in, if anything.
std::string_view likely_unit_of_voltage(double number, double max_v) {
  constexpr double kHighestCellV = 5;
  const bool cell = max_v < 100;
  const auto fits = [cell](double voltage_v) {
    return cell ? voltage_v > 1 && voltage_v < kHighestCellV : voltage_v >= 9 && voltage_v < 100;
  };
  if (fits(number / 1000)) return "millivolts";
  if (fits(number / 100)) return "hundredths of a volt";
  return {};
}

std::string_view likely_unit(double number, const ItemSpec& item) {
  const std::string_view unit = unit_of(item.text);
  if (number <= item.max) return {};
  if (unit == "V") return likely_unit_of_voltage(number, item.max);
  if (unit == "A") return "milliamperes";
  if (unit == "W") return "milliwatts";
  if (unit == "%" && number <= 1000) return "tenths of a percent";
  return {};
}

std::string out_of_range(double number, const ItemSpec& item) {
  std::string text =
      shortest(number) + " is outside " + shortest(item.min) + " … " + shortest(item.max);
  const std::string_view unit = likely_unit(number, item);
  if (!unit.empty()) text += " (perhaps it is in " + std::string(unit) + ")";
  return text;
}

}  // namespace

std::variant<double, Misfit> fit(double number, const ItemSpec& item, FitOptions options) {
  if (!std::isfinite(number)) return Misfit::not_finite;
  if (options.cut_off && item.kind != Kind::measure) number = std::trunc(number);
  if (item.kind == Kind::enumeration && number != std::trunc(number)) return Misfit::not_whole;
  if (item.kind == Kind::count) number = std::round(number);
  if (number < item.min || number > item.max) {
    const double slack = options.slack && has(item.traits, Trait::slack) ? kSlack : 0;
    if (number < item.min - slack || number > item.max + slack) return Misfit::out_of_range;
    number = std::clamp(number, item.min, item.max);
  }
  if (has(item.traits, Trait::non_positive)) number = -std::fabs(number);
  return number + 0.0;  // of which there is no negative zero
}

OptValue fit_value(double number, const ItemSpec& item) {
  const auto fitted = fit(number, item);
  const auto* fitting = std::get_if<double>(&fitted);
  return fitting != nullptr ? OptValue(as_value(*fitting, item.kind)) : std::nullopt;
}

std::string complaint(Misfit misfit, double number, const ItemSpec& item) {
  switch (misfit) {
    case Misfit::wrong_type:
      return "is not a number";
    case Misfit::not_finite:
      return "is not a finite number";
    case Misfit::not_whole:
      return shortest(number) + " is not a whole number";
    case Misfit::out_of_range:
      return out_of_range(number, item);
  }
  return {};
}

}  // namespace dmb
