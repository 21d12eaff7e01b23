// SPDX-License-Identifier: MIT
#include "dmb/codec/text.h"
#include "map_source.h"

#include <algorithm>
#include <string>
#include <utility>

namespace dmb {
namespace {

using Kind = MapGlyph::Kind;

constexpr std::size_t kLongestTopic = 1024;
constexpr std::size_t kMostSteps = 64;

const MapGlyph* find_text(MapGlyphs glyphs, char wanted) {
  const auto found = std::ranges::find_if(glyphs, [=](const auto& g) { return g.is(wanted); });
  return found == glyphs.end() ? nullptr : &*found;
}

const MapGlyph* find_kind(MapGlyphs glyphs, Kind kind) {
  const auto found = std::ranges::find(glyphs, kind, &MapGlyph::kind);
  return found == glyphs.end() ? nullptr : &*found;
}

bool is_control(const MapGlyph& glyph) {
  return glyph.is_text() && (static_cast<unsigned char>(glyph.c) < 0x20 || glyph.c == 0x7F);
}

/// Faults of topics and pointers alike.
bool is_sound(MapGlyphs glyphs, std::size_t at, MapFaults& faults) {
  if (glyphs.size() > kLongestTopic) {
    faults.add(at, "is longer than 1024 bytes");
    return false;
  }
  const auto control = std::ranges::find_if(glyphs, is_control);
  if (control != glyphs.end()) {
    faults.add(control->at, "holds a control character such as a tab");
    return false;
  }
  if (is_bus_text(text_of(glyphs))) return true;
  faults.add(at, "must be UTF-8 text (save the file as UTF-8)");
  return false;
}

/// "u*0.001".
bool is_glued(MapGlyphs behind_star) {
  return !behind_star.empty() && behind_star.front().is_text() &&
         std::string_view("0123456789.-").find(behind_star.front().c) != std::string_view::npos;
}

std::string star_message(MapGlyphs level, const MapGlyph& star, std::string_view otherwise) {
  const auto behind = level.subspan(static_cast<std::size_t>(&star - level.data()) + 1);
  if (is_glued(behind)) return "blanks stand around operators: write \" * " + text_of(behind) + '"';
  return std::string(otherwise);
}

/// A level or step with "{n}" in it. nullopt: more than one, said.
std::optional<MapStep> read_numbered(MapGlyphs glyphs, const MapGlyph& number, MapFaults& faults) {
  const auto place = static_cast<std::size_t>(&number - glyphs.data());
  const MapGlyphs tail = glyphs.subspan(place + 1);
  if (const MapGlyph* second = find_kind(tail, Kind::number)) {
    faults.add(second->at, "the number {n} may stand only once");
    return std::nullopt;
  }
  return MapStep{.kind = MapStep::Kind::numbered,
                 .text = text_of(glyphs.first(place)),
                 .tail = text_of(tail),
                 .number = number.form};
}

std::optional<MapStep> read_level(MapGlyphs level, bool is_last, MapFaults& faults) {
  if (const MapGlyph* star = find_text(level, '*')) {
    faults.add(star->at,
               star_message(level, *star,
                            "a topic has no \"*\": write {n} for the number of a cell, \"+\" for "
                            "a level that may be anything"));
    return std::nullopt;
  }
  if (const MapGlyph* plus = find_text(level, '+')) {
    if (level.size() == 1) return MapStep{.kind = MapStep::Kind::any};
    faults.add(plus->at, "a \"+\" is a whole level of a topic, e.g. battery/+/soc");
    return std::nullopt;
  }
  if (const MapGlyph* item = find_kind(level, Kind::item)) {
    if (level.size() == 1 && is_last) return MapStep{.kind = MapStep::Kind::item};
    faults.add(item->at, "{item} is the end of a topic, e.g. {topic}/{item}");
    return std::nullopt;
  }
  if (const MapGlyph* number = find_kind(level, Kind::number))
    return read_numbered(level, *number, faults);
  return MapStep{.text = text_of(level)};
}

/// RFC 6901: "~1" is a slash, "~0" a tilde. nullopt: another tilde, said.
std::optional<std::vector<MapGlyph>> unescape(MapGlyphs step, MapFaults& faults) {
  std::vector<MapGlyph> plain;
  for (std::size_t i = 0; i < step.size(); ++i) {
    plain.push_back(step[i]);
    if (!step[i].is('~')) continue;
    const bool slash = i + 1 < step.size() && step[i + 1].is('1');
    if (!slash && (i + 1 >= step.size() || !step[i + 1].is('0'))) {
      faults.add(step[i].at, "in a pointer \"~\" is written ~0, and a \"/\" within a key ~1");
      return std::nullopt;
    }
    if (slash) plain.back().c = '/';
    ++i;
  }
  return plain;
}

std::optional<MapStep> read_chosen(MapGlyphs step, const MapGlyph& equals, MapFaults& faults) {
  const auto place = static_cast<std::size_t>(&equals - step.data());
  const MapGlyphs key = step.first(place);
  const MapGlyphs value = step.subspan(place + 1);
  if (key.empty() || value.empty() || find_kind(step, Kind::number)) {
    faults.add(equals.at,
               "\"=\" chooses an element of an array by one of its members: write e.g. "
               "instance=512, without {n}");
    return std::nullopt;
  }
  return MapStep{.kind = MapStep::Kind::chosen, .text = text_of(key), .tail = text_of(value)};
}

std::optional<MapStep> read_step(MapGlyphs written, MapFaults& faults) {
  if (written.size() == 1 && written.front().is('*')) return MapStep{.kind = MapStep::Kind::each};
  if (const MapGlyph* star = find_text(written, '*')) {
    faults.add(star->at,
               star_message(written, *star,
                            "a \"*\" is a whole step of a pointer, every element of an array: "
                            "write {n} for a number within a key"));
    return std::nullopt;
  }
  if (written.size() == 1 && written.front().is('+')) {
    faults.add(written.front().at,
               "a pointer has no \"+\": \"*\" is every element of an array, {n} the number in a "
               "key");
    return std::nullopt;
  }
  if (const MapGlyph* item = find_kind(written, Kind::item)) {
    faults.add(item->at, "{item} is the end of a topic, e.g. {topic}/{item}");
    return std::nullopt;
  }
  const auto plain = unescape(written, faults);
  if (!plain) return std::nullopt;
  if (const MapGlyph* equals = find_text(*plain, '=')) return read_chosen(*plain, *equals, faults);
  if (const MapGlyph* number = find_kind(*plain, Kind::number))
    return read_numbered(*plain, *number, faults);
  return MapStep{.text = text_of(*plain)};
}

std::string with_slashes(MapGlyphs glyphs) {
  std::string text = text_of(glyphs);
  std::ranges::replace(text, '.', '/');
  if (text.starts_with('$')) text.erase(0, 1);
  return "\"#" + std::string(text.starts_with('/') ? "" : "/") + printable(text, 60) + '"';
}

}  // namespace

std::optional<std::vector<MapStep>> read_topic(MapGlyphs glyphs, std::size_t at,
                                               MapFaults& faults) {
  if (glyphs.empty()) {
    faults.add(at, "a topic is missing: write e.g. {topic}/soc");
    return std::nullopt;
  }
  if (!is_sound(glyphs, at, faults)) return std::nullopt;
  if (const MapGlyph* hash = find_text(glyphs, '#')) {
    faults.add(hash->at,
               "the topic holds a \"#\": lines of a map need the topic without it, e.g. "
               "topic = ess instead of topic = ess/#");
    return std::nullopt;
  }
  if (glyphs.size() > 3 && text_of(glyphs.first(3)) == "/N/") {
    faults.add_odd(at, "the \"/\" before \"N/\" is left out: the broker's topics have none");
    glyphs = glyphs.subspan(1);
  }
  const auto levels = split(glyphs, '/');
  std::vector<MapStep> topic;
  for (const MapGlyphs& level : levels) {
    const auto step = read_level(level, &level == &levels.back(), faults);
    if (!step) return std::nullopt;
    topic.push_back(*step);
  }
  if (topic.size() <= kMostSteps) return topic;
  faults.add(at, "has more than 64 levels");
  return std::nullopt;
}

std::optional<std::vector<MapStep>> read_pointer(MapGlyphs glyphs, std::size_t at,
                                                 MapFaults& faults) {
  std::vector<MapStep> pointer;
  if (glyphs.empty()) return pointer;
  if (!is_sound(glyphs, at, faults)) return std::nullopt;
  if (!glyphs.front().is('/')) {
    faults.add(glyphs.front().at,
               "a pointer begins with \"/\", as do its steps: write " + with_slashes(glyphs));
    return std::nullopt;
  }
  for (const MapGlyphs step : split(glyphs.subspan(1), '/')) {
    auto read = read_step(step, faults);
    if (!read) return std::nullopt;
    pointer.push_back(std::move(*read));
  }
  if (glyphs.back().is('/'))
    faults.add_odd(glyphs.back().at, "ends with the empty key; a whole message is \"topic#\"");
  if (pointer.size() <= kMostSteps) return pointer;
  faults.add(at, "has more than 64 steps");
  return std::nullopt;
}

}  // namespace dmb
