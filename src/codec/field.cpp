// SPDX-License-Identifier: MIT
#include "dmb/codec/field.h"

#include "dmb/codec/text.h"
#include "number_text.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace dmb {
namespace {

constexpr std::size_t kMaxTextBytes = 512;
/// How far a share of 100 may lie outside (Trait::slack). Publishers compute it from what is left
/// and what a full battery has.
constexpr double kSlack = 5;
/// What takes yes and no is 0 or 1; an alarm goes up to 2, a warning being of no use as "yes".
constexpr double kMaxOfFlags = 2;

Value typed(Kind kind, double number) {
  if (kind == Kind::measure) return number;
  return static_cast<std::int32_t>(number);
}

bool is_flag(const ItemSpec& item) {
  return item.kind == Kind::enumeration && item.max <= kMaxOfFlags;
}

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

void set_number(Reading& out, Quantity id, const ItemSpec& item, double number) {
  if (!std::isfinite(number)) return out.set_bad(id, "is not a finite number");
  if (item.kind == Kind::text) return out.set(id, shortest(number));
  if (item.kind == Kind::enumeration && number != std::trunc(number))
    return out.set_bad(id, shortest(number) + " is not a whole number");
  if (item.kind == Kind::count) number = std::round(number);
  if (number < item.min || number > item.max) {
    const double slack = has(item.traits, Trait::slack) ? kSlack : 0;
    if (number < item.min - slack || number > item.max + slack)
      return out.set_bad(id, out_of_range(number, item));
    number = std::clamp(number, item.min, item.max);
  }
  if (has(item.traits, Trait::non_positive)) number = -std::fabs(number);
  if (number == 0) number = 0;  // no negative zero on the bus
  out.set(id, typed(item.kind, number));
}

void set_boolean(Reading& out, Quantity id, const ItemSpec& item, bool value) {
  if (is_flag(item)) return set_number(out, id, item, value ? item.max : 0);
  out.set_bad(id, std::string(value ? "true" : "false") + " is not a " +
                      (item.kind == Kind::text ? "text" : "number"));
}

void set_string(Reading& out, Quantity id, const ItemSpec& item, std::string_view text) {
  if (says_not_known(text)) return out.set(id, std::nullopt);
  if (item.kind == Kind::text) {
    if (text.size() > kMaxTextBytes) return out.set_bad(id, "is longer than 512 bytes");
    if (!is_bus_text(text)) return out.set_bad(id, "holds a character that D-Bus cannot carry");
    return out.set(id, std::string(text));
  }
  if (is_flag(item))
    if (const auto flag = parse_flag(text)) return set_boolean(out, id, item, *flag);
  const std::optional<double> number = parse_quantity(text, unit_of(item.text));
  if (!number) return out.set_bad(id, '"' + printable(text, 40) + "\" is not a number");
  if (std::isnan(*number)) return out.set(id, std::nullopt);
  set_number(out, id, item, *number);
}

}  // namespace dmb
