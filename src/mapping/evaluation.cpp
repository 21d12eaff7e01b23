// SPDX-License-Identifier: MIT
#include "candidate.h"
#include "dmb/battery/letter_case.h"
#include "dmb/codec/payload.h"
#include "dmb/codec/topic.h"
#include "dmb/mapping/intake.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <variant>

namespace dmb {
namespace {

void take(const Reading& reading, Evaluation& found) {
  for (const Reading::Field& field : reading.fields()) {
    if (field.value) {
      found.values.insert_or_assign(field.id, *field.value);
      found.unknown.erase(field.id);
    } else if (!field.bad || found.values.contains(field.id)) {
      found.unknown.insert(field.id);
    }
  }
}

void take(const std::vector<MapIntake::Out>& outs, Evaluation& found) {
  for (const MapIntake::Out& out : outs) {
    if (out.kind == MapIntake::Out::Kind::gone) found.is_gone = true;
    if (out.kind != MapIntake::Out::Kind::values) continue;
    take(out.reading, found);
    found.is_gone = found.is_gone && !out.is_life;
  }
}

/// "/Voltages/Cell7" is heard by the line of all cells.
std::string family_of(const std::string& item) {
  for (const std::string_view family : {"/Voltages/Cell", "/Balances/Cell", "/System/Temperature"})
    if (item.starts_with(family)) return std::string(family);
  return item;
}

void count_lines(const MapIntake& intake, Evaluation& found) {
  std::set<std::string> heard;
  for (const MappedItem& item : intake.items()) {
    if (!item.heard_at) continue;
    heard.insert(family_of(item.item));
    const bool names_battery =
        item.item == q("/Soc").spec().path || item.item == q("/Dc/0/Voltage").spec().path;
    if (names_battery) found.sources.insert(item.topic);
  }
  found.heard_lines = heard.size();
}

bool is_dull(std::string_view level) {
  constexpr auto kDull = std::to_array<std::string_view>(
      {"battery", "batteries", "state", "data", "json", "jsondata", "sensor", "sensors", "bms",
       "bat", "status", "tele", "info", "value", "values", "device", "pack", "mqtt"});
  const std::string lower = to_lower(level);
  return level.empty() || std::ranges::find(kDull, lower) != kDull.end();
}

}  // namespace

bool Evaluation::has_required() const {
  const bool has_voltage =
      tells(q("/Dc/0/Voltage")) || (tells(q("/Dc/0/Power")) && tells(q("/Dc/0/Current")));
  return has_voltage && tells(q("/Soc"));
}

std::optional<double> Evaluation::number(Quantity id) const {
  const auto found = values.find(id);
  if (found == values.end()) return std::nullopt;
  if (const auto* measure = std::get_if<double>(&found->second)) return *measure;
  if (const auto* count = std::get_if<std::int32_t>(&found->second)) return *count;
  return std::nullopt;
}

Evaluation evaluate_json(const std::string& topic, const HeardTopics& heard) {
  Evaluation found;
  const HeardTopics::Payloads* payloads = heard.find(topic);
  if (payloads == nullptr) return found;
  Reading reading;
  for (const std::string* payload : {&payloads->first, &payloads->longest, &payloads->last}) {
    const DecodeResult result = decode_payload(*payload, reading);
    if (std::holds_alternative<DeviceGone>(result)) found.is_gone = true;
    if (!std::holds_alternative<Accepted>(result)) continue;
    found.is_gone = false;
    take(reading, found);
  }
  found.sources.insert(topic);
  found.heard_lines = found.values.size() + found.unknown.size();
  return found;
}

Evaluation evaluate_map(const std::vector<MapEntry>& preset, const std::vector<MapEntry>& own,
                        const Placeholders& placeholders, const std::set<std::string>& topics,
                        const HeardTopics& heard) {
  Evaluation found;
  MapResult result = parse_map(preset, own, placeholders);
  for (const MapProblem& problem : result.problems)
    if (problem.fatal && found.fault.empty()) found.fault = problem.key + ": " + problem.message;
  found.lines = result.map.lines.size();
  MapIntake intake(std::move(result.map), {});
  // The last one is what is true now; those before may say more.
  Instant now{};
  for (const auto which : {&HeardTopics::Payloads::first, &HeardTopics::Payloads::longest,
                           &HeardTopics::Payloads::last}) {
    for (const std::string& topic : topics)
      if (const HeardTopics::Payloads* payloads = heard.find(topic))
        intake.receive(topic, payloads->*which, false, now);
    now += 2 * kBurst;
    take(intake.take(now), found);
  }
  count_lines(intake, found);
  return found;
}

std::string turning_line(const std::vector<MapEntry>& entries) {
  for (const MapEntry& entry : entries)
    if (equals_ignoring_case(entry.key, "Dc/0/Current") &&
        entry.value.find_first_of(" ,") == std::string::npos)
      return entry.key + " = " + entry.value + " * -1 in its [MAP]";
  return {};
}

std::string name_from_topic(std::string_view topic) {
  std::string_view rest = topic;
  while (!rest.empty()) {
    const std::size_t slash = rest.rfind('/');
    const std::string_view level = slash == std::string_view::npos ? rest : rest.substr(slash + 1);
    if (!is_dull(level)) return std::string(level);
    rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(0, slash);
  }
  return std::string(topic);
}

std::string venus_device_of(std::string_view topic) {
  const auto venus = venus_topic_of(topic);
  constexpr std::string_view kKind = "battery/";
  if (!venus || !venus->rest.starts_with(kKind)) return {};
  const std::size_t end = venus->rest.find('/', kKind.size());
  if (end == std::string::npos) return {};
  return venus->prefix + "N/" + venus->portal_id + '/' + venus->rest.substr(0, end);
}

}  // namespace dmb
