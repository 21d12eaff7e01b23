// SPDX-License-Identifier: MIT
#include "charge_section.h"

#include "dmb/battery/letter_case.h"
#include "dmb/battery/shortest.h"
#include "dmb/config/charge_keys.h"
#include "dmb/config/charge_lines.h"
#include "dmb/config/charge_text.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace dmb::importing {
namespace {

std::string to_upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  return text;
}

ChargeText read(const ChargeLines& lines) {
  std::vector<ChargeLine> read;
  for (const auto& [key, value] : lines) read.push_back({key, value});
  return read_charge_control(read);
}

/// The maxima have no default: they are the owner's alone.
void restore(std::string_view key, ChargeRules& rules) {
  const ChargeRules usual(rules.chemistry);
  for (const auto& [name, number, unit] : kChargeNumbers)
    if (name == key) rules.*number = usual.*number;
  for (const auto& [name, curve, example] : kChargeCurves)
    if (name == key) rules.*curve = usual.*curve;
  if (key == "season_full") rules.season_full_v = usual.season_full_v;
  if (key == "cells") rules.cells.reset();
  if (key == "full_for") rules.full_for = usual.full_for;
  if (key == "balance_every_days" || key == "balance_cell")
    rules.balance_every = usual.balance_every;
}

/// But for maxima that nobody has told.
std::vector<ChargeFault> faults_in(ChargeRules rules) {
  for (double* maximum_a : {&rules.max_charge_current_a, &rules.max_discharge_current_a})
    if (*maximum_a == 0) *maximum_a = 1;
  return faults_of(rules);
}

/// What is wrong on its own is mended first; what then is wrong together all goes.
void mend(ChargeRules& rules, Section& section) {
  rules.cell_float_v = std::min(rules.cell_float_v, cell_full_in(rules, std::nullopt));
  constexpr int kRounds = 4;
  std::set<std::string_view> told;
  for (int round = 0; round < kRounds; ++round) {
    const auto faults = faults_in(rules);
    if (faults.empty()) return;
    for (const auto& [key, problem] : faults) {
      if (told.insert(key).second)
        section.remark(std::string(key) + " would be refused, and is left out: " + problem);
      restore(key, rules);
    }
  }
  ChargeRules usual(rules.chemistry);
  usual.max_charge_current_a = rules.max_charge_current_a;
  usual.max_discharge_current_a = rules.max_discharge_current_a;
  rules = usual;
  section.remark("these numbers do not fit together: all but the maxima are left out");
}

}  // namespace

ChargeLines charge_lines_of(const SettingsText& settings) {
  ChargeLines lines;
  for (const std::string& key : settings.keys()) {
    const std::string name = to_lower(key);
    const bool is_ours = name == "max_charge_current" || name == "max_discharge_current";
    if (is_ours || std::ranges::count(foreign_charge_keys(), name) > 0)
      lines.emplace(name, settings.text(key));
  }
  return lines;
}

std::string_view chemistry_of(double cell_full_v) {
  for (const Chemistry chemistry : {Chemistry::lto, Chemistry::lfp, Chemistry::li_ion}) {
    const ChemistryNumbers& numbers = numbers_of(chemistry);
    if (cell_full_v > numbers.cell_float_v - 0.2 && cell_full_v <= numbers.highest_v)
      return kChemistryWords.at(static_cast<std::size_t>(chemistry));
  }
  return {};
}

void write_charge_control(const ChargeLines& lines, Section& section) {
  const ChargeText text = read(lines);
  for (const auto& [key, what] : text.became) section.remark(to_upper(key) + " becomes " + what);
  for (const auto& [key, problem] : text.faults) {
    const auto told = text.told_by.find(key);
    section.remark(to_upper(told != text.told_by.end() ? told->second : key) +
                   " cannot be read, and is left out: " + problem);
  }
  ChargeRules rules = text.rules;
  mend(rules, section);
  for (const auto& [key, value] : charge_lines(rules)) section.set(key, value);
  section.remark("what is not said above has this driver's defaults: see config.sample.ini");
}

}  // namespace dmb::importing
