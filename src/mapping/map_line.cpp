// SPDX-License-Identifier: MIT
#include "map_line.h"

#include "dmb/battery/letter_case.h"
#include "dmb/codec/field.h"
#include "dmb/codec/number_text.h"
#include "map_source.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace dmb {
namespace {

constexpr std::size_t kMostSources = 16;
constexpr std::size_t kLongestValue = 8192;

/// The sources of a value, placeholders filled. Those that cannot be read are left out and said.
struct SourceTexts {
  std::vector<MapSourceText> sources;
  bool whole = true;  ///< none was left out
};

std::optional<MapSourceText> fill_source(const MapSourceText& source,
                                         const Placeholders& placeholders, MapFaults& faults) {
  MapSourceText filled{.words = {}, .at = source.at};
  for (const MapWordText& word : source.words) {
    auto text = fill(word, placeholders, faults);
    if (!text) return std::nullopt;
    filled.words.push_back(std::move(*text));
  }
  return filled;
}

std::optional<SourceTexts> source_texts(const MapEntry& entry, const Placeholders& placeholders,
                                        MapFaults& faults) {
  if (entry.value.size() > kLongestValue) {
    faults.add(0, "is longer than 8192 bytes");
    return std::nullopt;
  }
  auto cut = cut_into_sources(entry.value, faults);
  if (!cut) return std::nullopt;
  if (cut->size() > kMostSources) {
    faults.add(cut->at(kMostSources).at, "has more than 16 sources");
    return std::nullopt;
  }
  SourceTexts texts;
  for (const MapSourceText& source : *cut) {
    auto filled = fill_source(source, placeholders, faults);
    if (filled)
      texts.sources.push_back(std::move(*filled));
    else
      texts.whole = false;
  }
  return texts;
}

std::string first_text(const MapSourceText& source) {
  return source.words.empty() ? "" : text_of(source.words.front().glyphs);
}

/// "280", or of a text item a text in quotes.
bool is_constant(const MapSourceText& source, const MapKey& key) {
  if (source.words.empty()) return false;
  const bool is_text = key.kind == MapKey::Kind::item && key.first.spec().kind == Kind::text;
  if (is_text && source.words.size() == 1 && source.words.front().all_quoted) return true;
  return parse_number(first_text(source)).has_value();
}

/// Of these a constant would be taken for a reading.
bool is_measured(Quantity item) {
  return item == q("/Dc/0/Voltage") || item == q("/Dc/0/Current") || item == q("/Dc/0/Power");
}

/// What `set` finds wrong with a value of the item; empty: nothing.
template <typename Set>
std::string misfit(Quantity item, Set set) {
  Reading reading;
  set(reading, item, item.spec());
  if (!reading.complaints().empty()) return reading.complaints().front().what;
  const Reading::Field* field = reading.find(item);
  return field && field->value ? "" : "is no value";
}

std::string number_misfit(Quantity item, double number) {
  return misfit(item, [number](Reading& out, Quantity id, const ItemSpec& spec) {
    set_number(out, id, spec, number);
  });
}

std::string text_misfit(Quantity item, const std::string& text) {
  return misfit(item, [&text](Reading& out, Quantity id, const ItemSpec& spec) {
    set_string(out, id, spec, text);
  });
}

std::optional<std::string> read_constant(const MapSourceText& source, const MapKey& key,
                                         MapFaults& faults) {
  std::string text = first_text(source);
  std::string fault;
  if (key.numbered || key.kind == MapKey::Kind::any_item)
    fault = "a constant cannot stand for numbered items or {item}: write a topic";
  else if (is_measured(key.first))
    fault = "is measured: a constant would be taken for a reading";
  else
    fault = text_misfit(key.first, text);
  if (source.words.size() > 1) {
    faults.add(source.words[1].at,
               "a constant is one number, without a unit and without operators");
    return std::nullopt;
  }
  if (fault.empty()) return text;
  faults.add(source.at, std::move(fault));
  return std::nullopt;
}

/// What is wrong with the numbers that bits and words stand for.
std::string values_fault(const MapSource& source, Quantity item) {
  const bool changes = source.factor != 1 || source.offset != 0 || source.bit;
  if (item.spec().kind == Kind::text && (changes || !source.words.empty()))
    return "is a text: a factor, offset, bit or word makes a number of it";
  if (source.bit)
    if (auto fault = number_misfit(item, source.bit_value); !fault.empty()) return fault;
  for (const MapWord& word : source.words)
    if (auto fault = number_misfit(item, word.number); !fault.empty())
      return quoted(word.text) + ": " + fault;
  return "";
}

/// What looks like a constant and is none.
std::string topic_fault(const MapSourceText& source, bool is_only) {
  const std::string text = first_text(source);
  if (source.words.empty()) return "";
  if (parse_number(text))
    return "is a number and no topic: decimals are written with a point, and several sources are "
           "topics";
  if (is_only && source.words.size() == 1 && parse_flag(text))
    return "a constant is a number: write 1 or 0";
  return "";
}

std::optional<MapSource> read_item_source(const MapSourceText& text, const MapKey& key,
                                          bool is_only, MapFaults& faults) {
  std::string fault = topic_fault(text, is_only);
  if (!fault.empty()) {
    faults.add(text.at, std::move(fault));
    return std::nullopt;
  }
  const bool any_item = key.kind == MapKey::Kind::any_item;
  auto source = read_source(
      text, {.numbered = key.numbered, .any_item = any_item, .operators = !any_item}, faults);
  if (!source || any_item) return source;
  fault = values_fault(*source, key.first);
  if (fault.empty()) return source;
  faults.add(text.words.size() > 1 ? text.words[1].at : text.at, std::move(fault));
  return std::nullopt;
}

bool may_have_several(const MapKey& key) {
  return key.kind == MapKey::Kind::item && key.first.spec().kind != Kind::text;
}

/// Takes "below 30" off the end of an `alive` source. False: it is there, and wrong.
bool take_below(MapSourceText& text, std::optional<double>& below, MapFaults& faults) {
  auto& words = text.words;
  const auto found = std::ranges::find_if(
      words, [](const MapWordText& word) { return text_of(word.glyphs) == "below"; });
  if (found == words.begin() || found == words.end()) return true;
  const auto number =
      words.end() - found == 2 ? parse_number(text_of(words.back().glyphs)) : std::nullopt;
  if (!number || !std::isfinite(*number)) {
    faults.add(found->at, "a number must follow at the end, e.g. {topic}/age below 30");
    return false;
  }
  below = number;
  words.erase(found, words.end());
  return true;
}

std::optional<MapSource> read_alive_source(MapSourceText text, MapFaults& faults) {
  std::optional<double> below;
  if (!take_below(text, below, faults)) return std::nullopt;
  auto source = read_source(text, {}, faults);
  if (!source) return std::nullopt;
  if (source->factor != 1 || source->offset != 0) {
    faults.add(
        text.words[1].at,
        "only a topic may stand here, and behind it a pointer, words, a bit, or \"below 30\"");
    return std::nullopt;
  }
  source->below = below;
  return source;
}

std::optional<MapAvailability> read_availability_source(const MapSourceText& text,
                                                        MapFaults& faults) {
  const auto says =
      text.words.size() == 2 ? split(text.words.back().glyphs, '/') : std::vector<MapGlyphs>{};
  if (says.size() != 2 || says[0].empty() || says[1].empty()) {
    faults.add(text.words.empty() ? text.at : text.words.back().at,
               "a topic and its two words must stand here, e.g. {topic}/status online/offline");
    return std::nullopt;
  }
  const std::string online = text_of(says[0]);
  const std::string offline = text_of(says[1]);
  if (equals_ignoring_case(online, offline)) {
    faults.add(text.words.back().at, "the words for there and gone must differ");
    return std::nullopt;
  }
  const MapSourceText topic{.words = {text.words.front()}, .at = text.at};
  auto source = read_source(topic, {.operators = false}, faults);
  if (!source) return std::nullopt;
  return MapAvailability{.source = std::move(*source), .online = online, .offline = offline};
}

/// All of the entry's sources, or none where one is wrong.
template <typename Result, typename Read>
std::vector<Result> read_each(const MapEntry& entry, const Placeholders& placeholders,
                              MapFaults& faults, Read read) {
  const auto texts = source_texts(entry, placeholders, faults);
  if (!texts) return {};
  bool whole = texts->whole;
  std::vector<Result> all;
  for (const MapSourceText& text : texts->sources) {
    auto one = read(text, faults);
    whole = whole && one;
    if (one) all.push_back(std::move(*one));
  }
  return whole ? std::move(all) : std::vector<Result>{};
}

}  // namespace

std::optional<MapLine> read_line(const MapEntry& entry, const MapKey& key,
                                 const Placeholders& placeholders, MapFaults& faults) {
  const auto texts = source_texts(entry, placeholders, faults);
  if (!texts || texts->sources.empty()) return std::nullopt;
  MapLine line{.item = key.first,
               .numbered = key.numbered,
               .numbers = static_cast<int>(key.numbers),
               .any_item = key.kind == MapKey::Kind::any_item,
               .key = entry.key,
               .line = entry.line};
  const auto& sources = texts->sources;
  const bool is_only = sources.size() == 1 && texts->whole;
  if (is_only && is_constant(sources.front(), key)) {
    line.constant = read_constant(sources.front(), key, faults);
    return line.constant ? std::optional(line) : std::nullopt;
  }
  bool whole = texts->whole;
  for (const MapSourceText& text : sources) {
    auto source = read_item_source(text, key, is_only, faults);
    whole = whole && source;
    if (source) line.sources.push_back(std::move(*source));
  }
  if (whole && line.sources.size() > 1 && !may_have_several(key)) {
    faults.add(sources[1].at, "a text and {item} have one source only");
    return std::nullopt;
  }
  return whole ? std::optional(std::move(line)) : std::nullopt;
}

std::vector<MapSource> read_alive(const MapEntry& entry, const Placeholders& placeholders,
                                  MapFaults& faults) {
  return read_each<MapSource>(entry, placeholders, faults, read_alive_source);
}

std::vector<MapAvailability> read_availability(const MapEntry& entry,
                                               const Placeholders& placeholders,
                                               MapFaults& faults) {
  return read_each<MapAvailability>(entry, placeholders, faults, read_availability_source);
}

std::optional<bool> read_only_changes(const MapEntry& entry, MapFaults& faults) {
  if (entry.value == "1") return true;
  if (entry.value == "0") return false;
  const auto flag = parse_flag(entry.value);
  if (!flag) faults.add(0, "must be yes or no");
  return flag;
}

}  // namespace dmb
