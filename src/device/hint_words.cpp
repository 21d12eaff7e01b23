// SPDX-License-Identifier: MIT
#include "dmb/device/hint_words.h"

#include "dmb/codec/duration.h"

#include <string>
#include <utility>

namespace dmb {
namespace {

using HintKind = BankHint::Kind;

std::string two(const BankHint& hint, int decimals, const char* unit) {
  return hint.who + " " + quantity(hint.value, decimals, unit) + ", " + hint.other + " " +
         quantity(hint.other_value, decimals, unit);
}

std::string text_of_composed(const BankHint& hint) {
  switch (hint.kind) {
    case HintKind::pair_shunt_lost:
      return hint.who + " is not measured by " + hint.other +
             ", which is not there or tells no current: its own values count";
    case HintKind::pair_battery_lost:
      return hint.who + " is not there, so " + hint.other +
             ", which measures for it, does not count";
    case HintKind::string_torn:
      return hint.who + ": a battery of this string is not there, so the string does not count";
    default:
      return hint.who +
             " does not measure for the bank, it is not there or tells no current: the "
             "members' own currents and states of charge count";
  }
}

/// Where the words for a bank of shunts do not fit batteries; else empty.
std::string text_of_batteries(const BankHint& hint) {
  switch (hint.kind) {
    case HintKind::capacity_differs:
      return "total_capacity is " + quantity(hint.value, 0, "Ah") + ", the members' sum " +
             quantity(hint.other_value, 0, "Ah");
    case HintKind::not_synchronised:
      return hint.who + " knows no state of charge";
    case HintKind::monitor_not_counted:
      return hint.who + " is a battery monitor and not counted: the batteries measure themselves";
    case HintKind::alarms_missing:
      return hint.who + " tells neither limits nor " + hint.other + ", so nothing stops for it";
    case HintKind::entry_matches_nothing:
      return "the bank's section names \"" + hint.who + "\", and nothing is called so";
    default:
      return "";
  }
}

std::string text_of(const BankHint& hint) {
  switch (hint.kind) {
    case HintKind::soc_differs:
      return "the states of charge differ: " + two(hint, 0, "%");
    case HintKind::time_to_go_differs:
      return "the times to go differ: " + hint.who + " " + duration_text(hint.value.value_or(0)) +
             ", " + hint.other + " " + duration_text(hint.other_value.value_or(0));
    case HintKind::charged_voltage_differs:
      return "the shunts' charged voltages differ: " + two(hint, 1, "V");
    case HintKind::capacity_differs:
      return "total_capacity is " + quantity(hint.value, 0, "Ah") + ", the shunts' sum " +
             quantity(hint.other_value, 0, "Ah");
    case HintKind::current_opposite:
      return "the current of " + hint.who + " (" + quantity(hint.value, 1, "A") +
             ") has been opposite to all others' (" + quantity(hint.other_value, 1, "A") +
             ") for ten minutes";
    case HintKind::not_synchronised:
      return hint.who + " knows no state of charge: it is not synchronised";
    case HintKind::monitor_not_counted:
      return hint.who + " is a battery monitor and not counted, as it is no SmartShunt";
    case HintKind::alarms_missing:
      return hint.who + " does not tell " + hint.other + ", so the BMS cannot stop for it";
    case HintKind::pair_shunt_lost:
    case HintKind::pair_battery_lost:
    case HintKind::string_torn:
    case HintKind::bank_shunt_lost:
      return text_of_composed(hint);
    case HintKind::entry_matches_nothing:
      break;
  }
  return "exclude_shunts or include_shunts names \"" + hint.who + "\", and nothing is called so";
}

/// As text_of_batteries().
std::string advice_for_batteries(HintKind kind) {
  switch (kind) {
    case HintKind::soc_differs:
      return "charge the bank full, so that all members know what full is; if they drift apart "
             "again, compare the capacities that they are set to";
    case HintKind::capacity_differs:
      return "correct total_capacity, or the capacity that each member is set to; remove "
             "total_capacity if the sum is right";
    case HintKind::current_opposite:
      return "is its current measured the wrong way round, or does it charge from the others? Look "
             "at that battery";
    case HintKind::not_synchronised:
      return "charge it full, or set its state of charge";
    case HintKind::monitor_not_counted:
      return "if it is to count, name it in members, shunt or pair";
    case HintKind::alarms_missing:
      return "that battery's own BMS is all that protects it from this; set max_charge_current and "
             "max_discharge_current with care";
    default:
      return "";
  }
}

std::string advice_of(HintKind kind) {
  switch (kind) {
    case HintKind::soc_differs:
      return "charge the bank full, so that all shunts synchronise; if they drift apart again, "
             "compare capacity, charged voltage and tail current in their settings";
    case HintKind::time_to_go_differs:
      return "compare capacity and discharge floor in the shunts' settings, and the cables: one "
             "battery may do more than its part";
    case HintKind::charged_voltage_differs:
      return "set them alike in VictronConnect, or the shunts' states of charge will drift apart";
    case HintKind::capacity_differs:
      return "correct total_capacity, or the capacity in each shunt's own settings; remove "
             "total_capacity if the sum is right";
    case HintKind::current_opposite:
      return "is that shunt wired the wrong way round, or does it measure a charger or a load? "
             "Then "
             "add it to exclude_shunts; else look at its battery";
    case HintKind::not_synchronised:
      return "charge the battery full, or set its state of charge in VictronConnect";
    case HintKind::monitor_not_counted:
      return "if a battery of this bank is behind it, add it to include_shunts";
    case HintKind::alarms_missing:
      return "update the firmware of that shunt or of the program that brings it to the bus; until "
             "then its battery's own BMS is all that protects it from this";
    case HintKind::pair_shunt_lost:
    case HintKind::bank_shunt_lost:
      return "look at that shunt, and at what brings it to the bus";
    case HintKind::pair_battery_lost:
    case HintKind::string_torn:
      return "look at that battery and its BMS: nothing else knows its limits";
    case HintKind::entry_matches_nothing:
      break;
  }
  return "write an instance, a custom name, a serial or a service name";
}

}  // namespace

HintWords words_of(const BankHint& hint) {
  std::string text = hint.of_batteries ? text_of_batteries(hint) : "";
  std::string advice = hint.of_batteries ? advice_for_batteries(hint.kind) : "";
  if (text.empty()) text = text_of(hint);
  if (advice.empty()) advice = advice_of(hint.kind);
  return {std::move(text), std::move(advice)};
}

}  // namespace dmb
