// SPDX-License-Identifier: MIT
#include "map_plan.h"

#include "dmb/battery/letter_case.h"
#include "dmb/codec/field.h"
#include "dmb/codec/payload_key.h"

#include <algorithm>
#include <utility>

namespace dmb {
namespace {

bool is_about_presence(std::string_view item_path) {
  return equals_ignoring_case(item_path, q("/Connected").spec().path.substr(1));
}

}  // namespace

MapPlan::MapPlan(Map map) : map_(std::move(map)), has_line_(kQuantities), brings_(kQuantities) {
  for (const MapLine& line : map_.lines) add(line);
  for (const MapAvailability& availability : map_.availability)
    add({.use = Source::Use::availability,
         .map = &availability.source,
         .offline = availability.offline});
  for (const MapSource& source : map_.alive) add({.use = Source::Use::alive, .map = &source});
}

void MapPlan::add(const MapLine& line) {
  if (line.constant) return add_constant(line);
  any_item_ = any_item_ || line.any_item;
  for (int n = 0; n < line.numbers && !line.any_item; ++n) {
    const std::size_t index = line.item.index() + static_cast<std::size_t>(n);
    has_line_[index] = true;
    brings_[index] = !line.sources.empty();
  }
  const std::size_t first = sources_.size();
  for (const MapSource& source : line.sources) add({.map = &source, .line = &line, .first = first});
}

void MapPlan::add(Source source) {
  tree_.add(source.map->topic, sources_.size());
  sources_.push_back(source);
}

void MapPlan::add_constant(const MapLine& line) {
  if (line.any_item || line.numbered) return;
  has_line_[line.item.index()] = true;
  Reading read;
  set_string(read, line.item, line.item.spec(), *line.constant);
  const Reading::Field& field = read.fields().front();
  if (field.value) constants_.set(field.id, field.value);
}

bool MapPlan::may_bring(Quantity id) const {
  return brings_[id.index()] || (any_item_ && !has_line_[id.index()]);
}

void MapPlan::match(std::string_view topic, std::vector<Match>& found) const {
  found.clear();
  tree_.find(topic, [this, &found](const TopicTree::Match& candidate) {
    if (const auto match = match_of(candidate)) found.push_back(*match);
  });
  if (found.size() > 1) std::ranges::sort(found, {}, &Match::source);
}

std::optional<MapPlan::Match> MapPlan::match_of(const TopicTree::Match& found) const {
  const Source& source = sources_[found.entry];
  Match match{.source = found.entry, .number = found.number, .any = found.any};
  if (source.line == nullptr) return match;
  if (source.line->any_item) {
    match.item = understand_key(found.item_path).item;
    match.connected = is_about_presence(found.item_path);
    const bool wanted = match.item && !has_line_[match.item->index()];
    return wanted || match.connected ? std::optional(match) : std::nullopt;
  }
  if (!source.line->numbered) match.number.reset();
  if (match.number.value_or(1) > source.line->numbers) return std::nullopt;
  return match;
}

}  // namespace dmb
