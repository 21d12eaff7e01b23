// SPDX-License-Identifier: MIT
#include "map_text.h"

#include "dmb/battery/shortest.h"

#include <algorithm>
#include <string_view>

namespace dmb::fuzz {
namespace {

using Kind = MapStep::Kind;

std::string number_text(const NumberForm& form) {
  std::string text = "{n";
  if (form.shift > 0) text += '+';
  if (form.shift != 0) text += std::to_string(form.shift);
  if (form.width > 0) text += ":0" + std::to_string(form.width);
  return text + '}';
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

class Writer {
 public:
  std::optional<std::vector<std::pair<std::string, std::string>>> write(const Map& map) {
    for (const MapLine& line : map.lines) write(line);
    if (!map.availability.empty()) add("availability", availability(map.availability));
    if (!map.alive.empty()) add("alive", sources(map.alive, false));
    add("only_changes", map.only_changes ? "yes" : "no");
    if (!complete_) return std::nullopt;
    return std::move(lines_);
  }

 private:
  void add(std::string key, std::string value) {
    lines_.emplace_back(std::move(key), std::move(value));
  }

  std::string availability(const std::vector<MapAvailability>& all) {
    std::string text;
    for (const MapAvailability& one : all)
      text += (text.empty() ? "" : ", ") + source(one.source, false) + ' ' + quoted(one.online) +
              '/' + quoted(one.offline);
    return text;
  }

  void write(const MapLine& line) {
    const bool is_text = !line.any_item && line.item.spec().kind == dmb::Kind::text;
    add(line.key, line.constant ? quoted(*line.constant) : sources(line.sources, is_text));
  }

  std::string sources(const std::vector<MapSource>& all, bool is_text) {
    std::string text;
    for (const MapSource& one : all) text += (text.empty() ? "" : ", ") + source(one, is_text);
    return text;
  }

  /// `is_text`: quotes around the whole would be a constant.
  std::string source(const MapSource& one, bool is_text) {
    std::string text;
    for (const MapStep& level : one.topic)
      text += (&level == &one.topic.front() ? "" : "/") + step(level, false);
    if (one.pointer) text += '#';
    if (one.pointer)
      for (const MapStep& each : *one.pointer) text += '/' + step(each, true);
    return (is_text ? half_quoted(text) : '"' + text + '"') + operators(one);
  }

  std::string half_quoted(const std::string& text) {
    complete_ = complete_ && text.find_first_of(", \t\v\f\r\n") != 0;
    return text.substr(0, 1) + '"' + text.substr(1) + '"';
  }

  std::string step(const MapStep& one, bool in_pointer) {
    const auto plain = [&](const std::string& text) {
      complete_ = complete_ && text.find_first_of("\"{") == std::string::npos;
      return in_pointer ? escaped(text) : text;
    };
    switch (one.kind) {
      case Kind::literal:
        return plain(one.text);
      case Kind::numbered:
        return plain(one.text) + number_text(one.number) + plain(one.tail);
      case Kind::any:
        return "+";
      case Kind::each:
        return "*";
      case Kind::chosen:
        return plain(one.text) + '=' + plain(one.tail);
      case Kind::item:
        return "{item}";
    }
    return "";
  }

  std::string operators(const MapSource& one) {
    std::string text;
    if (one.bit_by_number) text += " bit " + number_text({.shift = one.bit.value_or(0)});
    if (one.bit && !one.bit_by_number) text += " bit " + std::to_string(*one.bit);
    if (one.bit) text += " = " + shortest(one.bit_value);
    if (one.factor != 1) text += " * " + shortest(one.factor);
    if (one.offset != 0) text += " + " + shortest(one.offset);
    for (const MapWord& word : one.words)
      text += ' ' + quoted(word.text) + '=' + shortest(word.number);
    if (one.below) text += " below " + shortest(*one.below);
    return text;
  }

  std::string quoted(const std::string& text) {
    complete_ = complete_ && text.find_first_of("\"{") == std::string::npos;
    return '"' + text + '"';
  }

  std::vector<std::pair<std::string, std::string>> lines_;
  bool complete_ = true;
};

}  // namespace

std::optional<std::vector<std::pair<std::string, std::string>>> map_text(const Map& map) {
  return Writer().write(map);
}

}  // namespace dmb::fuzz
