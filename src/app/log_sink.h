// SPDX-License-Identifier: MIT
#pragma once

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include <cstddef>
#include <string_view>

namespace dmb {

/// Writes log lines to a file descriptor and never waits: whoever reads the log may stand still
/// (multilog does while the disk is full), and the limits of a battery must not stand still with
/// it. A line that finds no room is dropped; the next that does is preceded by how many were.
/// For one thread.
class LogSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  /// `fd` stays open for as long as the sink lives, and stays the caller's.
  explicit LogSink(int fd) : fd_(fd) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}
  bool write_line(std::string_view line) const;

  int fd_;
  std::size_t dropped_ = 0;
};

}  // namespace dmb
