// SPDX-License-Identifier: MIT
#include "dmb/battery/quantity_name.h"

#include "dmb/battery/letter_case.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace dmb {
namespace {

/// A '#' is the number that the path has there.
struct Named {
  Quantity first;
  Quantity last;
  std::string_view name;
};

consteval Named named(Quantity one, std::string_view name) {
  return {one, one, name};
}

constexpr std::array kNames{
    named(q("/Dc/1/Voltage"), "Starter voltage"),
    named(q("/Soc"), "State of charge"),
    named(q("/Soh"), "State of health"),
    named(q("/SocBms"), "State of charge of the BMS"),
    named(q("/Info/MaxChargeVoltage"), "Charge voltage limit"),
    named(q("/Info/MaxChargeCurrent"), "Charge current limit"),
    named(q("/Info/MaxDischargeCurrent"), "Discharge current limit"),
    named(q("/System/MinCellVoltage"), "Lowest cell voltage"),
    named(q("/System/MaxCellVoltage"), "Highest cell voltage"),
    named(q("/System/MinCellTemperature"), "Lowest cell temperature"),
    named(q("/System/MaxCellTemperature"), "Highest cell temperature"),
    named(q("/Voltages/Sum"), "Sum of cell voltages"),
    named(q("/Voltages/Diff"), "Cell voltage difference"),
    Named{cell_voltage(1), cell_voltage(kMaxCells), "Cell # voltage"},
    Named{cell_balance(1), cell_balance(kMaxCells), "Cell # balancing"},
    Named{q("/TimeToSoC/0"), q("/TimeToSoC/100"), "Time to # %"},
};

/// Words that are not what they look like in the middle of a path.
struct Word {
  std::string_view written;
  std::string_view meant;
};
constexpr std::array kWords{Word{"Soc", "SoC"}, Word{"Bms", "BMS"}, Word{"Id", "ID"},
                            Word{"Nr", "Number"}};

constexpr bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}

/// Whether a word begins at `i`: of "MaxCellVoltage", "Temperature1Name", "MOSTemperature".
bool begins_word(std::string_view text, std::size_t i) {
  if (i == 0) return true;
  if (is_digit(text[i]) || is_digit(text[i - 1])) return is_digit(text[i]) != is_digit(text[i - 1]);
  if (!is_capital(text[i])) return false;
  const bool small_follows = i + 1 < text.size() && !is_capital(text[i + 1]);
  return small_follows || !is_capital(text[i - 1]);
}

std::string said(std::string_view word, bool first) {
  const auto* known = std::ranges::find(kWords, word, &Word::written);
  std::string text(known == kWords.end() ? word : known->meant);
  const bool abbreviation = std::ranges::count_if(text, is_capital) > 1;
  if (!first && !abbreviation) text.front() = lower(text.front());
  return text;
}

std::string in_words(std::string_view element) {
  std::string text;
  std::size_t begin = 0;
  for (std::size_t i = 1; i <= element.size(); ++i) {
    if (i < element.size() && !begins_word(element, i)) continue;
    if (begin > 0) text += ' ';
    text += said(element.substr(begin, i - begin), begin == 0);
    begin = i;
  }
  return text;
}

std::string with_number(std::string_view name, std::string_view element) {
  const auto* begin = std::ranges::find_if(element, is_digit);
  const auto* end = std::find_if_not(begin, element.end(), is_digit);
  std::string text;
  for (const char c : name)
    if (c == '#')
      text.append(begin, end);
    else
      text += c;
  return text;
}

}  // namespace

std::string name_of(Quantity quantity) {
  const std::string_view path = quantity.spec().path;
  const std::string_view element = path.substr(path.rfind('/') + 1);
  for (const Named& named : kNames)
    if (named.first <= quantity && quantity <= named.last) return with_number(named.name, element);
  std::string name = in_words(element);
  constexpr std::string_view kAlarms = "/Alarms/";
  if (path.starts_with(kAlarms) && quantity != q("/Alarms/Alarm")) name += " alarm";
  return name;
}

}  // namespace dmb
