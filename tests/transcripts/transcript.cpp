// SPDX-License-Identifier: MIT
#include "transcript.h"

#include <charconv>
#include <chrono>
#include <cmath>
#include <fstream>
#include <sstream>

namespace dmb::test {
namespace {

constexpr std::string_view kBlank = " \t";
constexpr std::string_view kExpected = "->";

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) + 1 - begin);
}

bool is_blank(std::string_view line) {
  const std::string_view text = trim(line);
  return text.empty() || text.front() == '#';
}

/// "12.5" or "12.5s", "3m", "2h".
Instant time_of(std::string_view word, const TranscriptLine& line) {
  double number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(word.data() + word.size() - end));
  const double factor = unit.empty() || unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
  if (error != std::errc() || factor == 0) throw BadTranscript(line, "no time");
  // Whole milliseconds: 0.1 s after 0.2 s is at 0.3 s.
  return kBegin + std::chrono::milliseconds(std::lround(number * factor * 1000));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

void add(Transcript& transcript, TranscriptLine line) {
  std::string_view text = trim(line.text);
  if (is_digit(text.front())) {
    const Instant at = time_of(take_word(text), line);
    if (!transcript.steps.empty() && at < transcript.steps.back().at)
      throw BadTranscript(line, "goes back in time");
    const bool goes_on = !transcript.steps.empty() && transcript.steps.back().at == at &&
                         transcript.steps.back().expected.empty();
    if (!goes_on) transcript.steps.push_back({at, {}, {}});
    if (text.empty()) return;
  }
  if (transcript.steps.empty()) throw BadTranscript(line, "before the first time");
  TranscriptStep& step = transcript.steps.back();
  if (text.starts_with(kExpected)) {
    line.text = trim(text.substr(kExpected.size()));
    return step.expected.push_back(line);
  }
  if (!step.expected.empty()) throw BadTranscript(line, "needs a time of its own");
  line.text = text;
  step.events.push_back(line);
}

}  // namespace

std::string_view take_word(std::string_view& text) {
  text = trim(text);
  const std::string_view word = text.substr(0, text.find_first_of(kBlank));
  text = trim(text.substr(word.size()));
  return word;
}

Transcript read_transcript(const std::filesystem::path& file) {
  std::ifstream in(file);
  Transcript transcript;
  bool in_config = true;
  TranscriptLine line;
  while (std::getline(in, line.text)) {
    ++line.number;
    if (is_blank(line.text)) continue;
    if (in_config && is_digit(trim(line.text).front())) in_config = false;
    if (in_config)
      transcript.config += line.text + "\n";
    else
      add(transcript, line);
  }
  if (transcript.steps.empty()) throw BadTranscript(line, "nothing happens");
  return transcript;
}

std::string with_key(const std::string& config, std::string_view setting) {
  const std::string_view key = trim(setting.substr(0, setting.find('=')));
  std::istringstream in(config);
  std::string changed;
  bool found = false;
  for (std::string line; std::getline(in, line);) {
    const bool is_it = trim(std::string_view(line).substr(0, line.find('='))) == key;
    found = found || is_it;
    changed += (is_it ? std::string(setting) : line) + "\n";
  }
  return found ? changed : config + std::string(setting) + "\n";
}

}  // namespace dmb::test
