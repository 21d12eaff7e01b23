// SPDX-License-Identifier: MIT
#include "ha_candidates.h"

#include "dmb/battery/shortest.h"
#include "dmb/codec/text.h"
#include "ha_battery.h"
#include "map_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace dmb {
namespace {

constexpr std::size_t kMaxEntities = 20'000;
constexpr std::size_t kMaxDevices = 100;  ///< that are looked at more closely

/// An entity as one line of a map.
struct Line {
  HaItem item;
  const HaEntity* entity = nullptr;
  bool is_tied = false;  ///< another one would do as well
};

using Lines = std::map<Quantity, Line>;

Lines choose_lines(const std::map<std::string, HaEntity>& entities) {
  Lines lines;
  for (const auto& [id, entity] : entities) {
    const auto item = ha_item_of(entity);
    if (!item || !entity.source) continue;
    const auto [place, is_new] = lines.try_emplace(item->item, Line{*item, &entity});
    if (is_new) continue;
    Line& line = place->second;
    if (item->rank > line.item.rank)
      line = {*item, &entity};
    else if (item->rank == line.item.rank)
      line.is_tied = true;
  }
  return lines;
}

/// A first sensor stands for the battery where nothing is called the battery's own temperature.
void choose_temperature(Lines& lines) {
  const auto first = lines.find(q("/System/Temperature1"));
  if (first != lines.end() && !lines.contains(q("/Dc/0/Temperature"))) {
    Line line = first->second;
    line.item.item = q("/Dc/0/Temperature");
    lines.emplace(line.item.item, line);
  }
}

SourceText source_of(const Line& line, double guess) {
  const HaSource& source = *line.entity->source;
  SourceText text{.topic = source.topic,
                  .pointer = source.pointer,
                  .factor = source.factor * line.item.factor * guess,
                  .offset = (source.offset * line.item.factor + line.item.offset) * guess};
  if (line.item.has_two_states) text.words = line.entity->on + "=1 " + line.entity->off + "=0";
  return text;
}

bool is_word(const std::string& text) {
  return !text.empty() && text.size() <= 20 && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  });
}

bool can_be_written(const Line& line) {
  return !line.item.has_two_states || (is_word(line.entity->on) && is_word(line.entity->off));
}

std::string key_of(Quantity id) {
  return std::string(id.spec().path.substr(1));
}

/// What a line of the candidate's map is, cells gathered into one.
void write_lines(const Lines& lines, const std::map<Quantity, double>& guesses,
                 Candidate& candidate) {
  std::vector<std::pair<int, std::string>> cells;
  for (const auto& [id, line] : lines) {
    if (!can_be_written(line)) continue;
    const auto guess = guesses.find(id);
    const auto text = source_text(source_of(line, guess == guesses.end() ? 1 : guess->second));
    if (!text) continue;
    candidate.topics.insert(line.entity->source->topic);
    const bool is_cell = id >= cell_voltage(1) && id <= cell_voltage(kMaxCells);
    if (is_cell && id.spec().path.starts_with("/Voltages/Cell"))
      cells.emplace_back(static_cast<int>(id.index() - cell_voltage(1).index()) + 1, *text);
    else if (line.item.is_limit)
      candidate.proposals.push_back(key_of(id) + " = " + *text);
    else
      candidate.map.push_back({.key = key_of(id), .value = *text});
  }
  if (const auto all = numbered_source(cells)) {
    candidate.map.push_back({.key = "Voltages/Cell{n}", .value = *all});
    return;
  }
  for (const auto& [number, text] : cells)
    candidate.map.push_back({.key = "Voltages/Cell" + std::to_string(number), .value = text});
}

void write_availability(const Lines& lines, Candidate& candidate) {
  const auto soc = lines.find(q("/Soc"));
  if (soc == lines.end() || !soc->second.entity->availability) return;
  const HaAvailability& availability = *soc->second.entity->availability;
  if (!is_word(availability.online) || !is_word(availability.offline)) return;
  const auto text = source_text({.topic = availability.topic, .pointer = availability.pointer});
  if (!text) return;
  candidate.topics.insert(availability.topic);
  candidate.map.push_back(
      {.key = "availability",
       .value = *text + ' ' + availability.online + '/' + availability.offline});
  // It may be a gateway's, which lives on without the BMS: old values must not look live for that.
  candidate.map.push_back({.key = "only_changes", .value = "no"});
}

/// By what a number that was announced in volts must be multiplied to be one: publishers send
/// millivolts or hundredths under that name. 1 where it may be what it says.
double volt_factor(double value, double least_v, double most_v) {
  if (value <= most_v || value < 1) return 1;
  for (const double factor : {0.1, 0.01, 0.001})
    if (value * factor >= least_v && value * factor <= most_v) return factor;
  return 1;
}

/// Evaluates the lines with no bound of theirs in the way: what was told, by item.
std::map<Quantity, double> told(const Lines& lines, const HeardTopics& heard) {
  std::map<Quantity, double> values;
  for (const auto& [id, line] : lines) {
    // Power has the widest range of all items, and the unit of nothing that is guessed here.
    SourceText source = source_of(line, 1);
    const auto text = source_text(source);
    if (!text || line.item.has_two_states) continue;
    const Evaluation found = evaluate_map(
        {}, {{.key = "Dc/0/Power", .value = *text}}, [](std::string_view) { return std::nullopt; },
        {source.topic}, heard);
    if (const auto value = found.number(q("/Dc/0/Power"))) values.emplace(id, *value);
  }
  return values;
}

std::map<Quantity, double> guess_units(const Lines& lines, const HeardTopics& heard,
                                       std::vector<std::string>& guesses) {
  constexpr double kLeastPackV = 9;
  constexpr double kMostPackV = 66;
  constexpr double kLeastCellV = 1.5;
  constexpr double kMostCellV = 5;
  constexpr double kMostBlockV = 20;  // 12 V blocks are cells to some
  std::map<Quantity, double> factors;
  for (const auto& [id, value] : told(lines, heard)) {
    const bool is_pack = id == q("/Dc/0/Voltage");
    const bool is_cell = (id >= cell_voltage(1) && id <= cell_voltage(kMaxCells)) ||
                         id == q("/System/MinCellVoltage") || id == q("/System/MaxCellVoltage");
    double factor = 1;
    if (is_pack && value > 10 * kMostPackV) factor = volt_factor(value, kLeastPackV, kMostPackV);
    if (is_cell && value > kMostBlockV) factor = volt_factor(value, kLeastCellV, kMostCellV);
    if (factor == 1) continue;
    factors.emplace(id, factor);
    if (guesses.size() < 3)
      guesses.push_back(key_of(id) + ": " + shortest(value) + " is too much for volts, so " +
                        shortest(value * factor) + " V by its size");
  }
  return factors;
}

/// A sensor or a telephone tells a percentage and perhaps the voltage of its own cell.
bool is_house_battery(const Lines& lines, const Evaluation& found) {
  constexpr double kLeastVoltage = 9;
  const bool has_cells = std::ranges::any_of(
      lines, [](const auto& line) { return line.first.spec().path.starts_with("/Voltages/Cell"); });
  const auto voltage = found.number(q("/Dc/0/Voltage"));
  if (voltage && *voltage < kLeastVoltage) return false;
  return has_cells || lines.contains(q("/Dc/0/Current")) || lines.contains(q("/Dc/0/Power")) ||
         voltage;
}

}  // namespace

bool HaEntities::receive(std::string_view topic, std::string_view payload) {
  for (HaEntity& entity : read_ha_config(topic, payload)) {
    if (!ha_item_of(entity)) continue;
    if (entities_ >= kMaxEntities) return false;
    Device& device = devices_[entity.device];
    if (device.name.empty()) device.name = entity.device_name;
    if (entity.source) topics_.insert(entity.source->topic);
    if (entity.availability) topics_.insert(entity.availability->topic);
    std::string id = std::string(topic) + ' ' + entity.id;
    if (device.entities.insert_or_assign(std::move(id), std::move(entity)).second) ++entities_;
  }
  return true;
}

std::vector<Candidate> HaEntities::candidates(const HeardTopics& heard) const {
  std::vector<Candidate> found;
  for (const auto& [id, device] : devices_) {
    Lines lines = choose_lines(device.entities);
    const bool may_be_one = lines.contains(q("/Soc")) && lines.contains(q("/Dc/0/Voltage"));
    if (!may_be_one) continue;
    if (found.size() >= kMaxDevices) break;
    choose_temperature(lines);
    Candidate candidate{.kind = Candidate::Kind::home_assistant,
                        .how = "announced to Home Assistant",
                        .name = device.name.empty() ? name_from_topic(id) : device.name};
    const auto factors = guess_units(lines, heard, candidate.guesses);
    write_lines(lines, factors, candidate);
    write_availability(lines, candidate);
    for (const auto& [item, line] : lines)
      if (line.is_tied && !line.item.is_limit)
        candidate.guesses.push_back(
            key_of(item) + ": more than one value may be it; this is " +
            printable(line.entity->name.empty() ? line.entity->id : line.entity->name));
    candidate.found = evaluate_map(
        {}, candidate.map, [](std::string_view) { return std::nullopt; }, candidate.topics, heard);
    candidate.turns_current = turning_line(candidate.map);
    if (is_house_battery(lines, candidate.found)) found.push_back(std::move(candidate));
  }
  return found;
}

}  // namespace dmb
