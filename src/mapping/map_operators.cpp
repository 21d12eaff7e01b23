// SPDX-License-Identifier: MIT
#include "dmb/battery/letter_case.h"
#include "dmb/codec/number_text.h"
#include "map_source.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace dmb {
namespace {

constexpr std::size_t kMostWords = 64;
constexpr std::size_t kLongestWord = 128;
constexpr double kLastBit = 63;

/// What stands behind a topic, in the order of the grammar.
enum class Stage : std::uint8_t { topic, bit, bit_value, factor, offset, words };

bool is_not_known(std::string_view word) {
  // "none" is what many call the absence of an alarm.
  return says_not_known(word) && !equals_ignoring_case(word, "none");
}

class OperatorReader {
 public:
  OperatorReader(std::span<const MapWordText> words, MapSource& source, MapFaults& faults)
      : words_(words), source_(source), faults_(faults) {}

  bool read() {
    while (at_ < words_.size())
      if (!read_one(words_[at_++])) return false;
    return true;
  }

 private:
  bool read_one(const MapWordText& word) {
    const std::string text = text_of(word.glyphs);
    if (text == "bit") return enter(Stage::bit, word) && read_bit(word);
    if (text == "=") return enter(Stage::bit_value, word) && read_bit_value(word);
    if (text == "*") return enter(Stage::factor, word) && read_factor(word);
    if (text == "+" || text == "-")
      return enter(Stage::offset, word) && read_offset(word, text == "-" ? -1 : 1);
    if (std::ranges::any_of(word.glyphs, [](const auto& g) { return g.is('='); }))
      return enter(Stage::words, word) && read_word(word);
    return fail(word.at, misplaced(text));
  }

  /// What is wrong with a word that is no operator.
  static std::string misplaced(const std::string& text) {
    if (text.starts_with('/'))
      return "there is no division: write \"* 0.001\" instead of \"/ 1000\"";
    const bool sign = text.starts_with('*') || text.starts_with('+') || text.starts_with('-');
    if (sign && parse_number(std::string_view(text).substr(1)))
      return "blanks stand around operators: write \"" + text.substr(0, 1) + ' ' + text.substr(1) +
             '"';
    return quoted(text) +
           " is not understood: behind a topic may stand \"bit 2\", \"* 0.001\", \"- 273.15\" or "
           "words such as ON=1; a topic with blanks stands in double quotes";
  }

  bool enter(Stage next, const MapWordText& word) {
    const bool of_bit = stage_ == Stage::bit || stage_ == Stage::bit_value;
    if (next == Stage::bit_value && stage_ != Stage::bit)
      return fail(word.at,
                  "\"=\" stands behind a bit only: \"bit 2 = 2\"; a word is written "
                  "ON=1, without blanks");
    if (of_bit && next > Stage::bit_value)
      return fail(word.at,
                  "a bit has no factor, offset or words: write \"bit 2 = 2\" for what it "
                  "stands for");
    if (next < stage_ || (next == stage_ && next != Stage::words))
      return fail(word.at,
                  "the order is: bit, factor, offset, words, each once, e.g. \"* 0.1 - "
                  "273.15\"");
    stage_ = next;
    return true;
  }

  bool read_bit(const MapWordText& operation) {
    const MapWordText* word = next_word();
    if (word && word->glyphs.size() == 1 && word->glyphs.front().kind == MapGlyph::Kind::number) {
      source_.bit_by_number = true;
      source_.bit = word->glyphs.front().form.shift;
      return true;
    }
    const auto number = number_in(word);
    if (!number || *number < 0 || *number > kLastBit || *number != std::floor(*number))
      return fail(word ? word->at : operation.at, "a bit is a number from 0 to 63, or {n-1}");
    source_.bit = static_cast<int>(*number);
    return true;
  }

  bool read_bit_value(const MapWordText& operation) {
    return read_number(operation, "= 2", source_.bit_value);
  }

  bool read_factor(const MapWordText& operation) {
    if (!read_number(operation, "* 0.001", source_.factor)) return false;
    if (source_.factor != 0) return true;
    return fail(operation.at, "a factor of 0 makes every value 0");
  }

  bool read_offset(const MapWordText& operation, double sign) {
    if (!read_number(operation, sign < 0 ? "- 273.15" : "+ 25", source_.offset)) return false;
    source_.offset *= sign;
    return true;
  }

  bool read_number(const MapWordText& operation, std::string_view example, double& number) {
    const MapWordText* word = next_word();
    const auto found = number_in(word);
    if (found) number = *found;
    return found || fail(word ? word->at : operation.at,
                         "a number must follow, e.g. \"" + std::string(example) + '"');
  }

  /// "ON=1".
  bool read_word(const MapWordText& word) {
    const MapGlyphs glyphs(word.glyphs);
    const auto equals = std::ranges::find_if(word.glyphs.rbegin(), word.glyphs.rend(),
                                             [](const auto& g) { return g.is('='); });
    const auto place = static_cast<std::size_t>(word.glyphs.rend() - equals) - 1;
    const std::string text = text_of(glyphs.first(place));
    const auto number = parse_number(text_of(glyphs.subspan(place + 1)));
    const bool all_text = std::ranges::all_of(glyphs, &MapGlyph::is_text);
    if (text.empty() || text.size() > kLongestWord || !all_text || !number ||
        !std::isfinite(*number))
      return fail(word.at, "a word and its number are written ON=1, without blanks");
    if (is_not_known(text))
      return fail(word.at, quoted(text) +
                               " always says that a value is not known: it stands for "
                               "no number");
    const auto same = [&](const MapWord& other) { return equals_ignoring_case(other.text, text); };
    if (std::ranges::any_of(source_.words, same))
      return fail(word.at, "the word " + quoted(text) + " stands here twice");
    if (source_.words.size() >= kMostWords)
      return fail(word.at, "a source may have at most 64 words");
    source_.words.push_back({.text = text, .number = *number});
    return true;
  }

  const MapWordText* next_word() { return at_ < words_.size() ? &words_[at_++] : nullptr; }

  static std::optional<double> number_in(const MapWordText* word) {
    const auto number = word ? parse_number(text_of(word->glyphs)) : std::nullopt;
    return number && std::isfinite(*number) ? number : std::nullopt;
  }

  bool fail(std::size_t at, std::string message) {
    faults_.add(at, std::move(message));
    return false;
  }

  std::span<const MapWordText> words_;
  MapSource& source_;
  MapFaults& faults_;
  std::size_t at_ = 0;
  Stage stage_ = Stage::topic;
};

}  // namespace

bool read_operators(std::span<const MapWordText> words, MapSource& source, MapFaults& faults) {
  return OperatorReader(words, source, faults).read();
}

}  // namespace dmb
