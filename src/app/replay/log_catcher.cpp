// SPDX-License-Identifier: MIT
#include "app/replay/log_catcher.h"

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include <string_view>
#include <utility>

namespace dmb::replay {
namespace {

/// As the log calls them.
std::string_view name_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::err:
      return "ERROR ";
    case spdlog::level::warn:
      return "WARNING ";
    default:
      return "INFO ";
  }
}

}  // namespace

class LogCatcher::Sink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  std::vector<std::string> take() { return std::exchange(lines_, {}); }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    std::string line(name_of(message.level));
    line.append(message.payload.data(), message.payload.size());
    lines_.push_back(std::move(line));
  }
  void flush_() override {}

  std::vector<std::string> lines_;
};

LogCatcher::LogCatcher() : before_(spdlog::default_logger()), sink_(std::make_shared<Sink>()) {
  auto logger = std::make_shared<spdlog::logger>("", sink_);
  logger->set_level(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

LogCatcher::~LogCatcher() {
  spdlog::set_default_logger(before_);
}

std::vector<std::string> LogCatcher::take_lines() {
  return sink_->take();
}

}  // namespace dmb::replay
