// SPDX-License-Identifier: MIT
#include "rules.h"
#include "words.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace dmb::why {
namespace {

constexpr double kNoBms = -255;
constexpr double kAutomatic = -1;

std::string choose(const Subject& battery) {
  return "Settings > System setup > DVCC > Controlling BMS: " + battery.name;
}

std::string take_control(const Subject& battery) {
  return "if " + battery.name + " is to: take control = 0 out of its section; how its limits " +
         "differ: --status";
}

std::optional<Clause> not_running(const Case& c) {
  if (c.running) return std::nullopt;
  if (!c.gx.own_trouble.empty())
    return Clause{"not_told", "dbus-mqtt-battery runs and tells nothing: " + c.gx.own_trouble,
                  "restart it: svc -t /service/dbus-mqtt-battery"};
  return Clause{"not_running", "dbus-mqtt-battery does not run",
                "start it: svc -u /service/dbus-mqtt-battery; what it says: --status"};
}

std::optional<Clause> off_bus(const Case& c) {
  if (c.asked->off_bus.empty()) return std::nullopt;
  return Clause{"off_bus", c.asked->name + " is not on the bus: " + c.asked->off_bus,
                c.asked->hidden ? "ask about its bank" : "what is wrong with it: --status"};
}

std::optional<Clause> silent_system(const Case& c) {
  if (std::ranges::find(c.gx.silent, "com.victronenergy.system") == c.gx.silent.end())
    return std::nullopt;
  return Clause{"silent_systemcalc",
                "com.victronenergy.system does not answer: it hands nothing to the chargers",
                "restart the device, if it stays so"};
}

std::optional<Clause> no_system(const Case& c) {
  if (c.gx.system) return std::nullopt;
  return Clause{"no_systemcalc",
                "com.victronenergy.system is not there: nobody hands limits to the chargers",
                "run this on the GX device; restart the device"};
}

std::optional<Clause> dvcc_off(const Case& c) {
  if (c.dvcc()) return std::nullopt;
  return Clause{"dvcc_off", "DVCC is off: chargers go by their own settings",
                "Settings > System setup > DVCC: switch it on"};
}

std::optional<Clause> bms_switched_off(const Case& c) {
  const auto instance = c.gx.settings ? c.gx.settings->bms_instance : std::nullopt;
  if (instance != kNoBms) return std::nullopt;
  return Clause{"no_bms_wanted", "the GX is set to no BMS: chargers go by their own settings",
                choose(*c.asked)};
}

bool had_bms(const ChargerFacts& charger) {
  return charger.had_bms == 1;
}

/// systemcalc writes nothing more then, and what it wrote last stays until the chargers give up.
std::optional<Clause> bms_lost(const Case& c) {
  if (!c.gx.system->bms.empty() || std::ranges::none_of(c.gx.chargers, had_bms))
    return std::nullopt;
  return Clause{"bms_lost", "no battery gives a CVL any more: chargers that had a BMS stop",
                "bring the battery back: --status; or reset the chargers' BMS control in "
                "VictronConnect"};
}

std::optional<Clause> no_bms(const Case& c) {
  if (!c.gx.system->bms.empty()) return std::nullopt;
  if (c.asked->is_bms())
    return Clause{"not_seen", "the GX has not taken " + c.asked->name + " for a BMS",
                  choose(*c.asked) + ", or automatic; restart the device"};
  return Clause{"no_bms", "no battery gives a CVL: chargers go by their own settings",
                c.asked->controls
                    ? "let the battery give limits: [CHARGE CONTROL], or device_mode = virtual-bms"
                    : take_control(*c.asked)};
}

std::optional<Clause> other_bms(const Case& c) {
  const std::string& name = c.gx.system->bms;
  const auto is_it = [&name](const Subject& subject) { return subject.service == name; };
  if (is_it(*c.asked)) return std::nullopt;
  const bool chosen = c.gx.settings && c.gx.settings->bms_instance.value_or(kAutomatic) >= 0;
  Clause clause{"other_bms",
                (c.controlling != nullptr ? c.controlling->name : name) +
                    " controls the chargers, not " + c.asked->name +
                    (chosen ? " (chosen on the GX)" : ""),
                ""};
  if (c.asked->is_bms())
    clause.todo = choose(*c.asked);
  else if (!c.asked->controls)
    clause.todo = take_control(*c.asked);
  else
    clause.todo = c.asked->name + " gives no CVL, so it cannot control";
  return clause;
}

std::optional<Clause> several(const Case& c) {
  if (!c.limits_count()) return std::nullopt;
  const auto& members = c.limiting().members;
  const auto speaks = [&members](const Subject& subject) {
    return subject.is_bms() && std::ranges::find(members, subject.service) == members.end();
  };
  const auto count = std::ranges::count_if(c.subjects, speaks);
  if (count < 2) return std::nullopt;
  return Clause{"several_bms",
                std::to_string(count) + " batteries give limits, and only those of " +
                    c.limiting().name + " count",
                "make one of them: [BANK]", false};
}

std::optional<Clause> old_firmware(const Case& c) {
  if (!c.gx.system || c.gx.system->firmware_too_old != 1) return std::nullopt;
  return Clause{"old_firmware", "the firmware of a charger is too old for DVCC",
                "Settings > Device firmware, or VictronConnect: update it", false};
}

constexpr std::array<Rule, 2> kPresence{not_running, off_bus};
constexpr std::array<Rule, 7> kControl{silent_system, no_system, dvcc_off, bms_switched_off,
                                       bms_lost,      no_bms,    other_bms};
constexpr std::array<Rule, 2> kBeside{several, old_firmware};

void say_all(std::span<const Rule> rules, const Case& c, Clauses& clauses) {
  for (const Rule rule : rules)
    if (auto clause = rule(c)) clauses.push_back(std::move(*clause));
}

}  // namespace

void say_presence(const Case& c, Clauses& clauses) {
  say_all(kPresence, c, clauses);
}

bool say_control(const Case& c, Clauses& clauses) {
  for (const Rule rule : kControl) {
    auto clause = rule(c);
    if (!clause) continue;
    clauses.push_back(std::move(*clause));
    return true;
  }
  return false;
}

void say_beside(const Case& c, Clauses& clauses) {
  say_all(kBeside, c, clauses);
}

}  // namespace dmb::why
