// SPDX-License-Identifier: MIT
// The lines of a [MAP], of a preset and of the config's own. Lines before one that begins with "["
// are the preset's.
#include "../support/broken_rule.h"
#include "dmb/codec/bus_value.h"
#include "dmb/codec/field.h"
#include "dmb/codec/text.h"
#include "dmb/mapping/parse_map.h"
#include "map_text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

using namespace dmb;
using test::rule;

namespace {

constexpr std::size_t kMostProblems = 2 * 500 * 20;

struct Lines {
  std::vector<MapEntry> preset;
  std::vector<MapEntry> own;
};

/// A tab at the end of a line: the value goes on.
Lines lines_of(std::string_view text) {
  Lines lines;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view row = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = row.find('=');
    if (row.starts_with('[')) {
      lines.preset = std::move(lines.own);
      lines.own.clear();
    } else if (!lines.own.empty() && lines.own.back().value.ends_with('\t')) {
      lines.own.back().value.append("\n").append(row);
    } else if (equals != std::string_view::npos) {
      const std::size_t value = std::min(row.find_first_not_of(' ', equals + 1), row.size());
      lines.own.push_back({.key = std::string(row.substr(0, std::min(equals, row.find(" =")))),
                           .value = std::string(row.substr(value)),
                           .line = number,
                           .value_column = static_cast<int>(value) + 1});
    }
  }
  return lines;
}

std::optional<std::string> name_text(std::string_view name) {
  if (name == "topic") return "ess";
  if (name == "node") return "jk bms/+, \"x\"";
  if (name == "sign") return "-1";
  if (name == "odd") return "{a}#/*\x01";
  if (name == "long") return std::string(3000, 'x');
  if (name == "empty") return "";
  return std::nullopt;
}

int lines_in(const MapEntry& entry) {
  return static_cast<int>(std::ranges::count(entry.value, '\n'));
}

/// Whether `problem` is where `entry` is.
bool is_at(const MapProblem& problem, const MapEntry& entry) {
  const int line = problem.line - entry.line;
  if (line < 0 || line > lines_in(entry)) return false;
  const auto longest = static_cast<int>(characters_in(entry.key) + characters_in(entry.value));
  return problem.column >= 1 &&
         problem.column <= std::max(entry.value_column, entry.key_column) + longest;
}

void check(const MapProblem& problem, const Lines& lines) {
  rule(!problem.message.empty(), "a problem without a word");
  rule(is_bus_text(problem.message) && is_bus_text(problem.key), "a problem that cannot be said");
  rule(problem.message.size() < 1000, "a problem of too many words");
  const auto fits = [&](const MapEntry& entry) { return is_at(problem, entry); };
  rule(std::ranges::any_of(problem.in_preset ? lines.preset : lines.own, fits),
       "a problem outside its line");
}

std::size_t numbers_in(const std::vector<MapStep>& steps) {
  return static_cast<std::size_t>(std::ranges::count_if(steps, [](const MapStep& step) {
    return step.kind == MapStep::Kind::numbered || step.kind == MapStep::Kind::each;
  }));
}

bool fits_item(Quantity item, double number) {
  Reading reading;
  set_number(reading, item, item.spec(), number);
  return reading.complaints().empty();
}

void check(const MapSource& source, bool numbered) {
  rule(!source.topic.empty() && source.topic.size() <= 64, "no topic");
  for (const MapStep& level : source.topic)
    rule(level.kind != MapStep::Kind::literal ||
             level.text.find_first_of("/+#*") == std::string::npos,
         "a level with a wildcard");
  rule(!source.pointer || source.pointer->size() <= 64, "too long a pointer");
  rule(std::isfinite(source.factor) && source.factor != 0, "no factor");
  rule(std::isfinite(source.offset), "no offset");
  rule(!source.bit || source.bit_by_number || (*source.bit >= 0 && *source.bit <= 63), "no bit");
  rule(source.words.size() <= 64, "too many words");
  rule(!source.below || std::isfinite(*source.below), "below nothing");
  rule(source.column >= 1, "no column");
  const std::size_t numbers = numbers_in(source.topic) + (source.bit_by_number ? 1U : 0U) +
                              (source.pointer ? numbers_in(*source.pointer) : 0U);
  rule(numbers == (numbered ? 1U : 0U), "not one number");
}

void check(const MapLine& line) {
  rule(line.sources.size() <= 16, "too many sources");
  rule(!line.constant || line.sources.empty(), "a constant with sources");
  rule(line.numbered == (line.numbers > 1), "a family of one");
  rule(line.item.index() + static_cast<std::size_t>(line.numbers) <= kQuantities, "no such item");
  rule(line.any_item || has(line.item.spec().traits, Trait::payload), "no item of a payload");
  for (const MapSource& source : line.sources) check(source, line.numbered);
  if (line.any_item) return;
  for (const MapSource& source : line.sources) {
    for (const MapWord& word : source.words)
      rule(fits_item(line.item, word.number), "a word that does not fit the item");
    rule(!source.bit || fits_item(line.item, source.bit_value), "a bit that does not fit the item");
  }
  if (!line.constant) return;
  Reading reading;
  set_string(reading, line.item, line.item.spec(), *line.constant);
  rule(reading.find(line.item) && reading.find(line.item)->value, "a constant that does not fit");
}

void check(const Map& map) {
  std::set<std::size_t> told;
  for (const MapLine& line : map.lines) {
    check(line);
    for (int i = 0; i < line.numbers && !line.any_item; ++i)
      rule(told.insert(line.item.index() + static_cast<std::size_t>(i)).second, "an item twice");
  }
  rule(map.alive.size() <= 16, "too many signs of life");
  for (const MapSource& source : map.alive) check(source, false);
  rule(map.availability.size() <= 16, "too many that say offline");
  for (const MapAvailability& one : map.availability) check(one.source, false);
}

/// Without what says where it was written.
Map without_places(Map map) {
  const auto forget = [](MapSource& source) { source.column = 0; };
  for (MapLine& line : map.lines) {
    line.line = 0;
    std::ranges::for_each(line.sources, forget);
  }
  std::ranges::for_each(map.alive, forget);
  for (MapAvailability& one : map.availability) forget(one.source);
  return map;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Lines lines = lines_of({reinterpret_cast<const char*>(data), size});
  const MapResult result = parse_map(lines.preset, lines.own, name_text);
  rule(result.problems.size() <= kMostProblems, "more problems than lines");
  for (const MapProblem& problem : result.problems) check(problem, lines);
  check(result.map);
  const auto written = fuzz::map_text(result.map);
  if (!written) return 0;
  std::vector<MapEntry> entries;
  for (const auto& [key, value] : *written) entries.push_back({.key = key, .value = value});
  const MapResult again = parse_map({}, entries, nullptr);
  for (const MapProblem& problem : again.problems)
    rule(!problem.fatal, "written out it is wrong: " + problem.key + ": " + problem.message);
  rule(without_places(again.map) == without_places(result.map),
       "written out and read again it is another map");
  return 0;
}
