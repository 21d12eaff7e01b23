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
    case HintKind::entry_matches_nothing:
      break;
  }
  return "exclude_shunts or include_shunts names \"" + hint.who + "\", and nothing is called so";
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
    case HintKind::entry_matches_nothing:
      break;
  }
  return "write an instance, a custom name, a serial or a service name";
}

}  // namespace

HintWords words_of(const BankHint& hint) {
  return {text_of(hint), advice_of(hint.kind)};
}

}  // namespace dmb
