// SPDX-License-Identifier: MIT
#include "app/log_sink.h"

#include <poll.h>
#include <unistd.h>

#include <climits>
#include <string>

namespace dmb {

void LogSink::sink_it_(const spdlog::details::log_msg& message) {
  spdlog::memory_buf_t text;
  formatter_->format(message, text);
  if (dropped_ > 0) {
    const std::string gap = "WARNING " + std::to_string(dropped_) +
                            " lines of this log are missing here: it could not be written, is the "
                            "disk full?\n";
    if (write_line(gap)) dropped_ = 0;
  }
  if (dropped_ > 0 || !write_line({text.data(), text.size()})) ++dropped_;
}

/// Linux calls a pipe writable when it has room for PIPE_BUF bytes.
bool LogSink::write_line(std::string_view line) const {
  pollfd room{.fd = fd_, .events = POLLOUT, .revents = 0};
  if (::poll(&room, 1, 0) != 1 || (room.revents & POLLOUT) == 0) return false;
  if (line.size() <= PIPE_BUF)
    return ::write(fd_, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  std::string cut(line.substr(0, PIPE_BUF - 1));
  cut += '\n';
  return ::write(fd_, cut.data(), cut.size()) == static_cast<ssize_t>(cut.size());
}

}  // namespace dmb
