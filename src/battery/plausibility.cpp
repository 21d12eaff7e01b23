// SPDX-License-Identifier: MIT
#include "dmb/battery/plausibility.h"

#include "dmb/battery/quantity.h"

#include <charconv>
#include <cmath>
#include <string_view>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using About = Doubt::About;
using Cause = Doubt::Cause;

constexpr auto kBetweenLooks = 5s;
constexpr auto kLasting = 60s;

// How far numbers of one message may be apart.
constexpr double kPowerShare = 0.25;
constexpr double kPower_w = 50;
constexpr double kCellsShare = 0.10;
/// Below these a sign is noise.
constexpr double kSign_w = 25;
constexpr double kSign_a = 0.5;

// What no battery has in the unit that it is told in, but many have in a smaller one.
constexpr double kHugeCurrent_a = 1000;
constexpr double kHugeVoltage_v = 900;
constexpr double kHighVoltage_v = 200;

std::optional<double> number_in(const Reading& reading, Quantity id) {
  const Reading::Field* field = reading.find(id);
  if (field == nullptr || !field->value) return std::nullopt;
  if (const auto* count = std::get_if<std::int32_t>(&*field->value)) return *count;
  return std::get<double>(*field->value);
}

bool is_about(double ratio, double wanted) {
  return ratio > wanted * 0.75 && ratio < wanted * 1.34;
}

std::optional<Doubt> doubt_about_sign(double power_w, double current_a) {
  if (std::fabs(power_w) < kSign_w || std::fabs(current_a) < kSign_a) return std::nullopt;
  if ((power_w > 0) == (current_a > 0)) return std::nullopt;
  return Doubt{About::sign, Cause::wrong_sign, power_w, current_a};
}

Cause cause_of_power(double power_w, double voltage_v, double current_a) {
  const double ratio = std::fabs(power_w / (voltage_v * current_a));
  if (is_about(ratio, 0.001)) {
    if (std::fabs(current_a) >= kHugeCurrent_a) return Cause::current_in_milliamperes;
    return voltage_v >= kHugeVoltage_v ? Cause::voltage_in_millivolts : Cause::power_in_kilowatts;
  }
  if (is_about(ratio, 0.01)) return Cause::voltage_in_hundredths;
  if (is_about(ratio, 0.1))
    return voltage_v >= kHighVoltage_v ? Cause::voltage_in_tenths : Cause::current_in_tenths;
  return is_about(ratio, 1000) ? Cause::power_in_milliwatts : Cause::unclear;
}

/// The direction is another doubt's business.
std::optional<Doubt> doubt_about_power(double power_w, double voltage_v, double current_a) {
  const double expected_w = voltage_v * current_a;
  const double apart_w = std::fabs(std::fabs(power_w) - std::fabs(expected_w));
  if (apart_w <= kPower_w || apart_w <= kPowerShare * std::fabs(expected_w)) return std::nullopt;
  return Doubt{About::power, cause_of_power(power_w, voltage_v, current_a), power_w, expected_w};
}

struct Cells {
  int known = 0;
  double sum_v = 0;
};

Cells cells_in(const Reading& reading) {
  Cells cells;
  for (int n = 1; n <= kMaxCells; ++n) {
    const auto voltage_v = number_in(reading, cell_voltage(n));
    if (!voltage_v || *voltage_v <= 0) continue;
    ++cells.known;
    cells.sum_v += *voltage_v;
  }
  return cells;
}

Cause cause_of_cells(double sum_v, double voltage_v) {
  const double ratio = voltage_v / sum_v;
  if (is_about(ratio, 1000)) return Cause::voltage_in_millivolts;
  if (is_about(ratio, 100)) return Cause::voltage_in_hundredths;
  if (is_about(ratio, 10) && voltage_v >= kHighVoltage_v) return Cause::voltage_in_tenths;
  return ratio > 1 ? Cause::cells_missing : Cause::unclear;
}

/// As many cells as there are, told or not, times their mean.
std::optional<Doubt> doubt_about_cells(const Reading& reading, double voltage_v) {
  const Cells cells = cells_in(reading);
  if (cells.known == 0 || voltage_v <= 0) return std::nullopt;
  const double count = number_in(reading, q("/System/NrOfCellsPerBattery")).value_or(0);
  const double sum_v = cells.sum_v * std::fmax(count / cells.known, 1);
  if (std::fabs(sum_v - voltage_v) <= kCellsShare * voltage_v) return std::nullopt;
  return Doubt{About::cells, cause_of_cells(sum_v, voltage_v), sum_v, voltage_v};
}

std::array<std::optional<Doubt>, 3> doubts_about(const Reading& reading) {
  const auto power_w = number_in(reading, q("/Dc/0/Power"));
  const auto voltage_v = number_in(reading, q("/Dc/0/Voltage"));
  const auto current_a = number_in(reading, q("/Dc/0/Current"));
  std::array<std::optional<Doubt>, 3> found;
  if (power_w && current_a) found[0] = doubt_about_sign(*power_w, *current_a);
  if (power_w && voltage_v && current_a)
    found[1] = doubt_about_power(*power_w, *voltage_v, *current_a);
  if (voltage_v) found[2] = doubt_about_cells(reading, *voltage_v);
  return found;
}

std::string_view text_of(Cause cause) {
  switch (cause) {
    case Cause::unclear:
      break;
    case Cause::wrong_sign:
      return "one of them has the wrong sign; both are positive while charging";
    case Cause::power_in_kilowatts:
      return "the power is probably in kilowatts; it has to be in watts";
    case Cause::power_in_milliwatts:
      return "the power is probably in milliwatts; it has to be in watts";
    case Cause::current_in_milliamperes:
      return "the current is probably in milliamperes; it has to be in amperes";
    case Cause::current_in_tenths:
      return "the current is probably in tenths of an ampere; it has to be in amperes";
    case Cause::voltage_in_millivolts:
      return "the voltage is probably in millivolts; it has to be in volts";
    case Cause::voltage_in_hundredths:
      return "the voltage is probably in hundredths of a volt; it has to be in volts";
    case Cause::voltage_in_tenths:
      return "the voltage is probably in tenths of a volt; it has to be in volts";
    case Cause::cells_missing:
      return "probably not all cells are told";
  }
  return "one of them is wrong, or belongs to another battery";
}

/// With the digits that matter.
std::string number(double value) {
  const double size = std::fabs(value);
  const int decimals = size < 10 ? 2 : size < 100 ? 1 : 0;
  std::array<char, 400> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                 std::chars_format::fixed, decimals)
                       .ptr;
  return {text.data(), end};
}

}  // namespace

void Plausibility::look(const Reading& reading, Instant now) {
  if (looked_at_ && now - *looked_at_ < kBetweenLooks) return;
  looked_at_ = now;
  const auto found = doubts_about(reading);
  for (std::size_t i = 0; i < found.size(); ++i) {
    Entry& entry = entries_.at(i);
    if (!entry.doubt) entry.since = now;
    entry.doubt = found.at(i);
    entry.lasts = entry.doubt && now - entry.since >= kLasting;
  }
}

std::vector<Doubt> Plausibility::doubts() const {
  std::vector<Doubt> lasting;
  for (const Entry& entry : entries_)
    if (entry.lasts) lasting.push_back(*entry.doubt);
  return lasting;
}

std::string text_of(const Doubt& doubt) {
  std::string text;
  switch (doubt.about) {
    case About::sign:
      text = "Dc/0/Power is " + number(doubt.told) + " W and Dc/0/Current " + number(doubt.other) +
             " A: ";
      break;
    case About::power:
      text = "Dc/0/Power is " + number(doubt.told) +
             " W, but Dc/0/Voltage times Dc/0/Current are " + number(doubt.other) + " W: ";
      break;
    case About::cells:
      text = "the cells have " + number(doubt.told) + " V together, but Dc/0/Voltage is " +
             number(doubt.other) + " V: ";
      break;
  }
  return text + std::string(text_of(doubt.cause));
}

}  // namespace dmb
