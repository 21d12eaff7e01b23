// SPDX-License-Identifier: MIT
#include "app/replay/recording_reader.h"

#include "dmb/record/line_text.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>
#include <variant>

namespace dmb::replay {
namespace {

/// The devices reckon with times; none of them is that far from the start of a machine.
bool is_possible(Instant at) {
  constexpr std::chrono::years kLongest{50};
  return at >= Instant{} && at < Instant{} + kLongest;
}

bool is_possible(const record::Line& line) {
  const auto* message = std::get_if<record::MessageCame>(&line.what);
  return is_possible(line.at) && (message == nullptr || is_possible(message->arrived));
}

}  // namespace

RecordingReader::RecordingReader(const std::filesystem::path& file) : path_(file) {
  files_.push_back(file);
  std::filesystem::path before = file;
  before += ".1";
  std::error_code error;
  if (std::filesystem::is_regular_file(before, error)) files_.push_back(before);
}

bool RecordingReader::open_next() {
  if (files_.empty()) return false;
  current_ = files_.back();
  files_.pop_back();
  in_ = std::ifstream(current_, std::ios::binary);
  if (!in_) trouble_ = current_.string() + " cannot be read: " + std::strerror(errno);
  buffer_.clear();
  position_ = 0;
  broken_ = 0;
  return true;
}

bool RecordingReader::fill() {
  constexpr std::size_t kBytes = std::size_t{64} * 1024;
  buffer_.resize(kBytes);
  in_.read(buffer_.data(), kBytes);
  buffer_.resize(static_cast<std::size_t>(in_.gcount()));
  position_ = 0;
  if (in_.bad()) trouble_ = current_.string() + " cannot be read: " + std::strerror(errno);
  return !buffer_.empty();
}

/// False: the end of the file. One that is too long comes out cut, and is no line then.
bool RecordingReader::read_text(std::string& text) {
  text.clear();
  while (position_ < buffer_.size() || fill()) {
    const std::size_t end = std::min(buffer_.find('\n', position_), buffer_.size());
    if (text.size() <= record::kMaxLineBytes) text.append(buffer_, position_, end - position_);
    position_ = end + 1;
    if (end < buffer_.size()) return true;
  }
  return !text.empty();
}

std::optional<record::Line> RecordingReader::read_line() {
  std::string text;
  while (read_text(text)) {
    if (text.empty()) continue;
    auto line = record::parse_line(text);
    if (line && is_possible(*line)) return line;
    if (!line && record::is_of_other_version(text))
      ++of_other_versions_;
    else
      ++broken_;
  }
  return std::nullopt;
}

std::optional<record::Line> RecordingReader::next() {
  if (held_) return std::exchange(held_, std::nullopt);
  auto line = read_line();
  while (!line && open_next()) line = read_line();
  if (!line) {
    if (lines_ == 0 && trouble_.empty()) trouble_ = path_.string() + " is no recording";
    return std::nullopt;
  }
  ++lines_;
  const std::size_t broken = std::exchange(broken_, 0);
  if (broken == 0) return line;
  held_ = std::move(line);
  return record::Line{held_->at, record::Gap{broken}};
}

}  // namespace dmb::replay
