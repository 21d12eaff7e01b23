// SPDX-License-Identifier: MIT
#include "dmb/battery/letter_case.h"
#include "dmb/codec/text.h"
#include "dmb/codec/topic.h"
#include "finding.h"
#include "map_text.h"

#include <algorithm>
#include <cmath>

namespace dmb {
namespace {

constexpr int kFirstInstance = 101;
constexpr std::size_t kMaxName = 40;
constexpr std::size_t kMaxNote = 500;  ///< bytes

/// Fit to stand between brackets, and to be a name on the bus.
std::string section_name(const std::string& name) {
  std::string fit;
  for (const char c : printable(name, kMaxName)) {
    const bool is_fine = static_cast<unsigned char>(c) >= 0x80 || (c >= '0' && c <= '9') ||
                         (lower(c) >= 'a' && lower(c) <= 'z') || c == '_' || c == '-' || c == '.' ||
                         c == ' ';
    fit += is_fine ? c : '-';
  }
  const auto is_edge = [](char c) { return c == ' ' || c == '-' || c == '_' || c == '.'; };
  while (!fit.empty() && is_edge(fit.back())) fit.pop_back();
  while (!fit.empty() && is_edge(fit.front())) fit.erase(fit.begin());
  return fit.empty() ? "Battery" : fit;
}

/// Names and instances that are free.
class Names {
 public:
  explicit Names(const KnownBatteries& known)
      : sections_(known.sections), instances_(known.instances) {}

  std::string take_name(const std::string& wanted) {
    std::string name = wanted;
    for (int number = 2; !sections_.insert(to_lower(name)).second; ++number)
      name = wanted + " " + std::to_string(number);
    return name;
  }
  int take_instance() {
    int instance = kFirstInstance;
    while (!instances_.insert(instance).second) ++instance;
    return instance;
  }

 private:
  std::set<std::string> sections_;
  std::set<int> instances_;
};

/// "52.70V": as the bus shows it.
std::string shown(const Evaluation& found, Quantity id) {
  const auto value = found.values.find(id);
  if (value == found.values.end()) return found.unknown.contains(id) ? "not known now" : "";
  const std::string text = format_text(value->second, id.spec().text);
  return printable(text) + (found.unknown.contains(id) ? " (not known now)" : "");
}

std::string shown_cells(const Evaluation& found) {
  int count = 0;
  double lowest = 0;
  double highest = 0;
  for (int number = 1; number <= kMaxCells; ++number) {
    const auto volts = found.number(cell_voltage(number));
    if (!volts) continue;
    lowest = count == 0 ? *volts : std::min(lowest, *volts);
    highest = count == 0 ? *volts : std::max(highest, *volts);
    ++count;
  }
  if (count == 0) return {};
  const TextFormat& format = cell_voltage(1).spec().text;
  const std::string from = format_text(Value(lowest), format);
  if (count == 1) return "1 cell " + from;
  return std::to_string(count) + " cells " + from + " to " + format_text(Value(highest), format);
}

std::string saw(const Evaluation& found) {
  std::string text;
  const auto add = [&text](const std::string& what, const std::string& name = {}) {
    if (!what.empty()) text += (text.empty() ? "" : ", ") + name + what;
  };
  add(shown(found, q("/Soc")), "SoC ");
  add(shown(found, q("/Dc/0/Voltage")), "voltage ");
  add(shown(found, q("/Dc/0/Current")), "current ");
  add(shown(found, q("/Dc/0/Power")), "power ");
  add(shown_cells(found));
  add(shown(found, q("/Dc/0/Temperature")), "temperature ");
  return text.empty() ? "none of its values" : text;
}

/// What a battery can do without, but hardly should.
std::string wanting(const Evaluation& found) {
  std::string text;
  const auto add = [&text](bool is_there, const char* what) {
    if (!is_there) text += std::string(text.empty() ? "" : ", ") + what;
  };
  if (!found.has_required()) {
    add(found.tells(q("/Soc")), "SoC");
    add(found.tells(q("/Dc/0/Voltage")), "voltage");
    return text;
  }
  add(found.tells(q("/Dc/0/Current")) || found.tells(q("/Dc/0/Power")), "current");
  const bool has_cells = found.tells(q("/System/MaxCellVoltage")) || !shown_cells(found).empty();
  add(has_cells, "cells");
  const bool has_limits =
      found.tells(q("/Info/MaxChargeVoltage")) && found.tells(q("/Info/MaxChargeCurrent"));
  add(has_limits, "limits of charging");
  return text;
}

/// What power, voltage and current say about each other.
std::string unit_note(const Evaluation& found) {
  constexpr double kMuchA = 0.3;
  constexpr double kMuchW = 10;
  constexpr double kOff = 0.25;
  const auto current = found.number(q("/Dc/0/Current"));
  const auto power = found.number(q("/Dc/0/Power"));
  const auto voltage = found.number(q("/Dc/0/Voltage"));
  if (!current || !power || std::abs(*current) < kMuchA || std::abs(*power) < kMuchW) return {};
  if ((*current < 0) != (*power < 0))
    return "current and power contradict each other: the sign of one of them is wrong";
  if (voltage && std::abs(*power - *voltage * *current) > kOff * std::abs(*power))
    return "power is not voltage times current: one of them may be in another unit";
  return {};
}

/// Which sign charges cannot be seen in one look.
std::string sign_note(const Candidate& candidate) {
  const Evaluation& found = candidate.found;
  if (!found.tells(q("/Dc/0/Current")) && !found.tells(q("/Dc/0/Power"))) return {};
  std::string text = "sign of the current: check while charging, it must be positive then";
  if (!candidate.turns_current.empty()) text += "; if it is not, write " + candidate.turns_current;
  return text;
}

std::vector<std::string> notes_of(const Candidate& candidate) {
  const Evaluation& found = candidate.found;
  std::vector<std::string> notes{"saw: " + saw(found)};
  if (const std::string text = wanting(found); !text.empty()) notes.push_back("missing: " + text);
  for (const std::string& guess : candidate.guesses) notes.push_back("guessed: " + guess);
  if (const std::string unit = unit_note(found); !unit.empty()) notes.push_back("odd: " + unit);
  if (const std::string sign = sign_note(candidate); !sign.empty())
    notes.push_back("unknown: " + sign);
  for (const std::string& need : candidate.needs)
    notes.push_back("fill in: " + need + " = …, as the preset's file explains it");
  if (found.is_gone) notes.emplace_back("it says at the moment that it is not there");
  if (!found.fault.empty() && candidate.needs.empty())
    notes.push_back("cannot be used: " + found.fault);
  return notes;
}

bool is_read_already(const Candidate& candidate, const KnownBatteries& known) {
  return std::ranges::any_of(candidate.found.sources, [&known](const std::string& source) {
    return std::ranges::any_of(known.filters, [&source](const std::string& filter) {
      return topic_matches(filter, source.substr(0, source.find('#')));
    });
  });
}

/// False: a value cannot be written.
bool write_section(const Candidate& candidate, FoundBattery& battery) {
  for (const auto& [key, value] : candidate.keys) {
    const auto text = value_text(value);
    if (!text) return false;
    battery.section.push_back(key + " = " + *text);
  }
  return true;
}

FoundBattery describe_one(const Candidate& candidate, const KnownBatteries& known, Names& names) {
  FoundBattery battery{.name = section_name(candidate.name),
                       .how = candidate.how,
                       .notes = notes_of(candidate),
                       .is_complete = candidate.found.is_complete() && candidate.needs.empty(),
                       .is_known = is_read_already(candidate, known)};
  if (!write_section(candidate, battery)) {
    battery.is_complete = false;
    battery.section.clear();
    battery.notes.emplace_back("its topics have characters that a config cannot hold");
  }
  if (battery.is_known) return battery;
  battery.name = names.take_name(battery.name);
  battery.section.push_back("device_instance = " + std::to_string(names.take_instance()));
  for (const MapEntry& entry : candidate.map)
    battery.map.push_back(entry.key + " = " + entry.value);
  for (const std::string& proposal : candidate.proposals)
    battery.map.push_back("; a limit? Check it, then take the semicolon away: " + proposal);
  return battery;
}

}  // namespace

std::vector<FoundBattery> describe(const std::vector<Candidate>& candidates,
                                   const KnownBatteries& known, std::vector<std::string>& remarks) {
  std::vector<FoundBattery> batteries;
  Names names(known);
  for (const Candidate& candidate : candidates) {
    if (batteries.size() >= kMaxFoundBatteries) break;
    batteries.push_back(describe_one(candidate, known, names));
  }
  if (candidates.size() > batteries.size())
    remarks.push_back(std::to_string(candidates.size() - batteries.size()) +
                      " more batteries are left out");
  return batteries;
}

std::size_t DiscoveryReport::usable() const {
  return static_cast<std::size_t>(std::ranges::count_if(batteries, [](const FoundBattery& battery) {
    return battery.is_complete && !battery.is_known;
  }));
}

namespace {

void render(const FoundBattery& battery, std::string& out) {
  const std::string start = battery.is_complete ? "" : ";";
  out += "\n; --- " + battery.name + ": " + printable(battery.how, kMaxNote) + "\n";
  if (battery.is_known) {
    out += ";     the config reads it already\n";
    return;
  }
  for (const std::string& note : battery.notes) out += ";     " + printable(note, kMaxNote) + "\n";
  if (!battery.is_complete)
    out += ";     not offered as it is: without what is missing it would not be on the bus\n";
  out += start + "[BATTERY " + battery.name + "]\n";
  for (const std::string& line : battery.section) out += start + line + "\n";
  if (battery.map.empty()) return;
  out += "\n" + start + "[MAP " + battery.name + "]\n";
  for (const std::string& line : battery.map) out += start + line + "\n";
}

}  // namespace

std::string render(const DiscoveryReport& report) {
  std::string out;
  for (const FoundBattery& battery : report.batteries) render(battery, out);
  if (!report.remarks.empty()) out += "\n";
  for (const std::string& remark : report.remarks) out += "; " + remark + "\n";
  return out;
}

}  // namespace dmb
