// SPDX-License-Identifier: MIT
#include "rules.h"
#include "words.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace dmb::why {
namespace {

constexpr double kAtLimit = 0.85;
constexpr double kAtOwnLimit = 0.95;
constexpr double kSomeCurrentA = 0.5;

// --- What a charger does ---

/// Those that a person can change first.
enum class Doing : std::uint8_t { error, off, own_limit, told, voltage, sun, no_sun, gives };

bool gives_all_of(const ChargerFacts& charger, const std::optional<double>& limit_a, double share) {
  return limit_a && *limit_a > 0 && charger.current_a && *charger.current_a >= share * *limit_a;
}

/// Bit 0 is no input power: it sleeps. The others are reasons of people and batteries.
bool is_switched_off(const ChargerFacts& charger) {
  constexpr double kOff = 4;
  const auto reason = static_cast<int>(charger.off_reason.value_or(0));
  return charger.mode == kOff || (charger.state == 0 && reason > 0 && (reason & 1) == 0);
}

bool is_held_by_voltage(const ChargerFacts& charger) {
  constexpr double kLimited = 1;
  constexpr std::array kStates{4.0, 5.0, 6.0};  // absorption, float, storage
  return charger.tracker == kLimited ||
         (charger.state && std::ranges::find(kStates, *charger.state) != kStates.end());
}

Doing doing(const ChargerFacts& charger) {
  constexpr double kAllThereIs = 2;
  if (charger.error.value_or(0) > 0) return Doing::error;
  if (is_switched_off(charger)) return Doing::off;
  if (charger.state == 0) return charger.solar ? Doing::no_sun : Doing::off;
  if (charger.told_current_a == 0 && charger.current_a.value_or(0) < kSomeCurrentA)
    return Doing::told;
  if (gives_all_of(charger, charger.own_limit_a, kAtOwnLimit)) return Doing::own_limit;
  if (charger.tracker == kAllThereIs) return Doing::sun;
  if (gives_all_of(charger, charger.told_current_a, kAtLimit)) return Doing::told;
  return is_held_by_voltage(charger) ? Doing::voltage : Doing::gives;
}

// --- In words ---

std::string error_text(double error) {
  constexpr std::array<std::pair<int, const char*>, 7> kErrors{
      {{2, "battery voltage too high"},
       {17, "it is too hot"},
       {33, "PV voltage too high"},
       {38, "PV input short-circuited, battery voltage too high"},
       {39, "PV input short-circuited, battery voltage too high"},
       {67, "it has lost its BMS"},
       {68, "its network is not set up"}}};
  const int code = static_cast<int>(error);
  for (const auto& [known, text] : kErrors)
    if (known == code) return "error " + std::to_string(code) + ", " + text;
  return "error " + std::to_string(code);
}

/// Of chargers that do the same.
struct Group {
  std::string name;
  bool several = false;
  double current_a = 0;
  double error = 0;
};

std::string gives(const Group& group) {
  return group.name + (group.several ? " give " : " gives ") + amps(group.current_a);
}

Clause clause_of(Doing doing, const Group& group) {
  const std::string is = group.several ? " are " : " is ";
  switch (doing) {
    case Doing::error:
      return {"charger_error", group.name + ": " + error_text(group.error),
              "the error is explained in the charger's manual"};
    case Doing::off:
      return {"charger_off", group.name + is + "switched off", "switch it on"};
    case Doing::own_limit:
      return {"charger_limit", gives(group) + ", the most it is set to",
              "VictronConnect > " + group.name + " > Battery > Max charge current: raise it"};
    case Doing::told:
      return {"charger_told", gives(group) + ", as told", "", false};
    case Doing::voltage:
      return {"charger_voltage", gives(group) + ", held by its charge voltage", "", false};
    case Doing::sun:
      return {"sun", gives(group) + " (all the sun there is)", "", false};
    case Doing::no_sun:
      return {"no_sun", group.name + (group.several ? " sleep" : " sleeps") + " (no sun)", "",
              false};
    case Doing::gives:
      break;
  }
  return {"charger", gives(group), "", false};
}

void say_group(const Case& c, Doing what, Clauses& clauses) {
  Group group;
  int count = 0;
  for (const ChargerFacts& charger : c.gx.chargers) {
    if (doing(charger) != what) continue;
    group.name = ++count == 1 ? charger.name : std::to_string(count) + " chargers";
    group.several = count > 1;
    group.current_a += charger.current_a.value_or(0);
    group.error = std::max(group.error, charger.error.value_or(0));
  }
  if (count > 0) clauses.push_back(clause_of(what, group));
}

// --- Inverters ---

std::optional<Clause> mode_clause(const InverterFacts& inverter) {
  constexpr double kInverterOnly = 2;
  constexpr double kOff = 4;
  if (inverter.error.value_or(0) > 0)
    return Clause{
        "inverter_error",
        inverter.name + ": VE.Bus error " + std::to_string(static_cast<int>(*inverter.error)),
        "the error is explained in its manual"};
  if (inverter.mode == kInverterOnly)
    return Clause{"inverter_only", inverter.name + " is set to inverter only: it does not charge",
                  inverter.name + " > Switch: On"};
  if (inverter.mode == kOff)
    return Clause{"inverter_off", inverter.name + " is switched off",
                  inverter.name + " > Switch: On"};
  return std::nullopt;
}

std::optional<Clause> flow_clause(const Case& c, const InverterFacts& inverter) {
  const double current_a = inverter.current_a.value_or(0);
  if (current_a > kSomeCurrentA)
    return Clause{"inverter", inverter.name + " gives " + amps(current_a), "", false};
  if (current_a < -kSomeCurrentA)
    return Clause{"inverter_takes", inverter.name + " takes " + amps(-current_a), "", false};
  const bool charging = c.current_a().value_or(0) > kSomeCurrentA;
  if (inverter.ac_connected != 0 || charging) return std::nullopt;
  return Clause{"no_ac", inverter.name + " has no AC input", "", false};
}

}  // namespace

void say_chargers(const Case& c, Clauses& clauses) {
  constexpr std::array kOrder{Doing::error,   Doing::off, Doing::own_limit, Doing::told,
                              Doing::voltage, Doing::sun, Doing::no_sun,    Doing::gives};
  for (const Doing what : kOrder) say_group(c, what, clauses);
  for (const InverterFacts& inverter : c.gx.inverters) {
    if (auto mode = mode_clause(inverter)) clauses.push_back(std::move(*mode));
    if (auto flow = flow_clause(c, inverter)) clauses.push_back(std::move(*flow));
  }
}

}  // namespace dmb::why
