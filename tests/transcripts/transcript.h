// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace dmb::test {

/// A line of a transcript, and which one it is.
struct TranscriptLine {
  int number = 0;
  std::string text;
};

/// What happens at one time, and what must be true after it.
struct TranscriptStep {
  Instant at;
  std::vector<TranscriptLine> events;
  std::vector<TranscriptLine> expected;
};

/// A scenario as a text that people read and write; docs/testing.md says how.
struct Transcript {
  std::string config;  ///< a config.ini, checked
  std::vector<TranscriptStep> steps;
};

/// What is wrong with a transcript itself.
struct BadTranscript : std::runtime_error {
  BadTranscript(const TranscriptLine& line, const std::string& what)
      : std::runtime_error("line " + std::to_string(line.number) + ": " + what + ": " + line.text) {
  }
};

/// The time of a transcript's 0.
inline constexpr Instant kBegin{std::chrono::hours(1000)};

/// Throws BadTranscript.
Transcript read_transcript(const std::filesystem::path& file);

/// The first word of `text`, which loses it.
std::string_view take_word(std::string_view& text);

/// `config` with one key of the section that has it set to another value: "key = value".
std::string with_key(const std::string& config, std::string_view setting);

}  // namespace dmb::test
