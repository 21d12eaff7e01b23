// SPDX-License-Identifier: MIT
#include "map_source.h"

#include <algorithm>

namespace dmb {
namespace {

using Kind = MapStep::Kind;

auto count_of(const std::vector<MapStep>& steps, std::initializer_list<Kind> kinds) {
  return std::ranges::count_if(steps, [&](const MapStep& step) {
    return std::ranges::find(kinds, step.kind) != kinds.end();
  });
}

/// In how many places the number of a cell comes from.
auto numbers_in(const MapSource& source) {
  const auto of_pointer =
      source.pointer ? count_of(*source.pointer, {Kind::numbered, Kind::each}) : 0;
  return count_of(source.topic, {Kind::numbered}) + of_pointer + (source.bit_by_number ? 1 : 0);
}

const char* number_fault(const MapSource& source, const SourceRules& rules) {
  const auto numbers = numbers_in(source);
  if (rules.numbered && numbers == 0)
    return "{n} stands on the left only: write it where the number is (cell_{n}, cell_{n-1:02}, "
           "bit "
           "{n-1}), or * for the elements of an array";
  if (rules.numbered && numbers > 1)
    return "the number may come from one place only: {n} or * once";
  if (!rules.numbered && numbers > 0)
    return "{n} or * stands on the right only: the item must have it too, e.g. Voltages/Cell{n}";
  return nullptr;
}

const char* item_fault(const MapSource& source, const SourceRules& rules) {
  const bool is_there = count_of(source.topic, {Kind::item}) > 0;
  if (rules.any_item && !is_there)
    return "the topic must end in {item}: write e.g. {item} = {topic}/{item}";
  if (!rules.any_item && is_there)
    return "{item} must be on both sides: write e.g. {item} = {topic}/{item}";
  return nullptr;
}

bool fits_rules(const MapSource& source, const SourceRules& rules, std::size_t at,
                MapFaults& faults) {
  const char* fault = item_fault(source, rules);
  if (!fault) fault = number_fault(source, rules);
  if (!fault && count_of(source.topic, {Kind::any}) > 1)
    fault = "a topic may have one \"+\" only: values of several batteries would be mixed";
  if (fault) faults.add(at, fault);
  return !fault;
}

}  // namespace

std::optional<MapSource> read_source(const MapSourceText& text, const SourceRules& rules,
                                     MapFaults& faults) {
  if (text.words.empty()) {
    faults.add(text.at, "a source is missing beside the comma");
    return std::nullopt;
  }
  const MapGlyphs first(text.words.front().glyphs);
  const auto hash = std::ranges::find_if(
      first, [](const auto& g) { return g.is('#') && g.kind != MapGlyph::Kind::filled; });
  const auto size = static_cast<std::size_t>(hash - first.begin());
  MapSource source{.column = faults.column_of(text.at)};
  auto topic = read_topic(first.first(size), text.at, faults);
  if (!topic) return std::nullopt;
  source.topic = std::move(*topic);
  if (hash != first.end()) {
    source.pointer = read_pointer(first.subspan(size + 1), hash->at, faults);
    if (!source.pointer) return std::nullopt;
  }
  const auto behind = std::span(text.words).subspan(1);
  if (!rules.operators && !behind.empty()) {
    faults.add(behind.front().at, "only a topic may stand here, and a pointer behind it");
    return std::nullopt;
  }
  if (!read_operators(behind, source, faults)) return std::nullopt;
  if (!fits_rules(source, rules, text.at, faults)) return std::nullopt;
  return source;
}

}  // namespace dmb
