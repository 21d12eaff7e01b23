// SPDX-License-Identifier: MIT
#include "nudge.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>

namespace dmb {
namespace {

constexpr const char* kReceiver = "MQTTAsync_rcv";
/// Nobody's, and ignored where it comes unexpected.
constexpr int kSignal = SIGURG;

/// A signal only interrupts a sleep when there is a handler for it.
void handle_signal() {
  static const bool kOnce = [] {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    return sigaction(kSignal, &action, nullptr) == 0;
  }();
  static_cast<void>(kOnce);
}

std::string first_word(const std::filesystem::path& file) {
  std::string word;
  std::ifstream(file) >> word;
  return word;
}

/// Whether the thread is in a system call that sleeps; false where the kernel does not tell.
bool is_asleep(const std::filesystem::path& thread) {
  const std::string call = first_word(thread / "syscall");
#ifdef SYS_clock_nanosleep_time64
  if (call == std::to_string(SYS_clock_nanosleep_time64)) return true;
#endif
#ifdef SYS_nanosleep
  if (call == std::to_string(SYS_nanosleep)) return true;
#endif
  return call == std::to_string(SYS_clock_nanosleep);
}

std::optional<pid_t> id_of(const std::filesystem::path& thread) {
  const std::string number = thread.filename().string();
  pid_t id = 0;
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), id);
  return parsed.ec == std::errc{} ? std::optional(id) : std::nullopt;
}

}  // namespace

void nudge_receiver() {
  std::error_code none;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task", none)) {
    if (first_word(thread.path() / "comm") != kReceiver || !is_asleep(thread.path())) continue;
    handle_signal();
    if (const auto id = id_of(thread.path())) syscall(SYS_tgkill, getpid(), *id, kSignal);
  }
}

}  // namespace dmb
