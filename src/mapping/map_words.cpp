// SPDX-License-Identifier: MIT
#include "map_words.h"

#include "dmb/battery/letter_case.h"
#include "dmb/codec/text.h"

#include <algorithm>
#include <array>

namespace dmb {
namespace {

constexpr std::size_t kLongestWord = 2048;  // when its placeholders are filled
constexpr int kLargestShift = 999;
constexpr int kLargestWidth = 9;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r' || c == '\n';
}

bool is_name(std::string_view name) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_'; };
  return !name.empty() && !is_digit(name.front()) && std::ranges::all_of(name, fits);
}

/// Reads a value character by character.
class Cutter {
 public:
  explicit Cutter(std::string_view value) : value_(value) {}

  std::vector<MapSourceText> cut() {
    sources_.emplace_back();
    while (at_ < value_.size()) take();
    end_source();
    return std::move(sources_);
  }
  std::optional<std::size_t> open_quote() const { return quote_; }

 private:
  void take() {
    const char c = value_[at_];
    if (c == '"') {
      begin_word();
      quote_ = quote_ ? std::nullopt : std::optional(at_);
    } else if (quote_) {
      add(MapGlyph::Kind::quoted);
    } else if (c == ',') {
      end_source();
      sources_.emplace_back();
    } else if (is_blank(c)) {
      end_word();
    } else {
      add(MapGlyph::Kind::written);
      word_->all_quoted = false;
    }
    ++at_;
  }
  void begin_word() {
    if (!word_) word_ = MapWordText{.glyphs = {}, .at = at_, .all_quoted = true};
  }
  void add(MapGlyph::Kind kind) {
    begin_word();
    word_->glyphs.push_back({.kind = kind, .c = value_[at_], .at = at_});
  }
  void end_word() {
    if (!word_) return;
    sources_.back().words.push_back(std::move(*word_));
    word_.reset();
  }
  void end_source() {
    end_word();
    MapSourceText& source = sources_.back();
    // An empty one is where its comma is.
    source.at = source.words.empty() ? std::min(at_, value_.size()) : source.words.front().at;
  }

  std::string_view value_;
  std::size_t at_ = 0;
  std::optional<std::size_t> quote_;
  std::optional<MapWordText> word_;
  std::vector<MapSourceText> sources_;
};

/// "{n}", "{n-1}", "{n:02}", "{n-1:02}", without the braces; nullopt: none of these.
std::optional<NumberForm> number_form(std::string_view text) {
  const auto take_digits = [&text] {
    int number = 0;
    for (; !text.empty() && is_digit(text.front()) && number <= kLargestShift;
         text.remove_prefix(1))
      number = number * 10 + (text.front() - '0');
    return number;
  };
  NumberForm form;
  text.remove_prefix(1);
  if (text.size() > 1 && (text.front() == '-' || text.front() == '+') && is_digit(text[1])) {
    const int sign = text.front() == '-' ? -1 : 1;
    text.remove_prefix(1);
    form.shift = sign * take_digits();
  }
  if (text.size() > 2 && text.starts_with(":0") && is_digit(text[2])) {
    text.remove_prefix(2);
    form.width = take_digits();
    if (form.width < 1 || form.width > kLargestWidth) return std::nullopt;
  }
  if (!text.empty() || std::abs(form.shift) > kLargestShift) return std::nullopt;
  return form;
}

/// "n" and what is meant to be: "n-1", "n:02", "n 1".
bool means_number(std::string_view name) {
  return name == "n" || (name.size() > 1 && name[0] == 'n' && !is_name(name));
}

/// Those have keys of their own in the config, and no place in what status and log show.
bool is_secret(std::string_view name) {
  constexpr std::array<std::string_view, 2> kSecrets{"password", "username"};
  return std::ranges::find(kSecrets, name) != kSecrets.end();
}

class Filler {
 public:
  Filler(const MapWordText& word, const Placeholders& placeholders, MapFaults& faults)
      : glyphs_(word.glyphs), placeholders_(placeholders), faults_(faults) {
    filled_.at = word.at;
    filled_.all_quoted = word.all_quoted;
  }

  std::optional<MapWordText> fill() {
    for (std::size_t i = 0; i < glyphs_.size(); ++i) {
      if (!glyphs_[i].is('{')) {
        filled_.glyphs.push_back(glyphs_[i]);
        continue;
      }
      const auto end = std::ranges::find_if(glyphs_.subspan(i), [](auto& g) { return g.is('}'); });
      if (end == glyphs_.end()) {
        faults_.add(glyphs_[i].at, "a \"{\" without its \"}\": write {topic}, {n} or {item}");
        return std::nullopt;
      }
      const auto close = static_cast<std::size_t>(end - glyphs_.begin());
      if (!take_braces(to_lower(text_of(glyphs_.subspan(i + 1, close - i - 1))), glyphs_[i].at))
        return std::nullopt;
      i = close;
    }
    return std::move(filled_);
  }

 private:
  bool take_braces(const std::string& name, std::size_t at) {
    if (means_number(name)) return take_number(name, at);
    if (name == "item") {
      filled_.glyphs.push_back({.kind = MapGlyph::Kind::item, .at = at});
      return true;
    }
    if (!is_name(name) || is_secret(name)) {
      faults_.add(at, quoted('{' + name + '}') +
                          " is no placeholder: in braces stand n, item, or the name of a key of "
                          "the battery's section, such as {topic}");
      return false;
    }
    return take_text(name, at);
  }

  bool take_number(const std::string& name, std::size_t at) {
    const auto form = number_form(name);
    if (form)
      filled_.glyphs.push_back({.kind = MapGlyph::Kind::number, .at = at, .form = *form});
    else
      faults_.add(at, quoted('{' + name + '}') +
                          " is no number: write {n}, {n-1}, {n+1}, {n:02} or {n-1:02}");
    return form.has_value();
  }

  bool take_text(const std::string& name, std::size_t at) {
    const auto text = placeholders_ ? placeholders_(name) : std::nullopt;
    if (!text || text->empty()) {
      faults_.add(at, "nothing is set for {" + name + "}: write \"" + name +
                          " = …\" in the section of the battery");
      return false;
    }
    if (text->size() + filled_.glyphs.size() > kLongestWord) {
      faults_.add(at, "{" + name + "} makes this longer than 2048 bytes");
      return false;
    }
    for (const char c : *text)
      filled_.glyphs.push_back({.kind = MapGlyph::Kind::filled, .c = c, .at = at});
    return true;
  }

  MapGlyphs glyphs_;
  const Placeholders& placeholders_;
  MapFaults& faults_;
  MapWordText filled_;
};

}  // namespace

std::string text_of(MapGlyphs glyphs) {
  std::string text;
  for (const MapGlyph& glyph : glyphs) {
    if (glyph.is_text())
      text += glyph.c;
    else
      text += glyph.kind == MapGlyph::Kind::item ? "{item}" : "{n}";
  }
  return text;
}

std::vector<MapGlyphs> split(MapGlyphs glyphs, char separator) {
  std::vector<MapGlyphs> parts;
  while (true) {
    const auto end = std::ranges::find_if(glyphs, [=](const auto& g) { return g.is(separator); });
    const auto size = static_cast<std::size_t>(end - glyphs.begin());
    parts.push_back(glyphs.first(size));
    if (size == glyphs.size()) return parts;
    glyphs = glyphs.subspan(size + 1);
  }
}

std::optional<std::vector<MapSourceText>> cut_into_sources(std::string_view value,
                                                           MapFaults& faults) {
  Cutter cutter(value);
  auto sources = cutter.cut();
  if (const auto open = cutter.open_quote()) {
    faults.add(*open, "a quote that does not end: a topic with blanks is written \"my battery/u\"");
    return std::nullopt;
  }
  return sources;
}

std::optional<MapWordText> fill(const MapWordText& word, const Placeholders& placeholders,
                                MapFaults& faults) {
  return Filler(word, placeholders, faults).fill();
}

}  // namespace dmb
