// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"

#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

struct sd_event;
struct sd_event_source;

namespace dmb {

/// A registration with the loop; its destruction cancels it. Must not outlive the Loop.
class LoopSource {
 public:
  LoopSource() = default;
  LoopSource(LoopSource&&) noexcept = default;
  LoopSource& operator=(LoopSource&&) noexcept = default;

  explicit operator bool() const { return static_cast<bool>(holder_); }
  sd_event_source* native() const;

 private:
  friend class Loop;
  friend class Deferred;
  struct Holder;
  struct Release {
    void operator()(Holder* holder) const;
  };
  std::unique_ptr<Holder, Release> holder_;
};

/// A one-shot timer, created disarmed. Re-arming replaces the earlier time.
class Timer {
 public:
  Timer() = default;
  void arm(Instant at);
  void disarm();

 private:
  friend class Loop;
  LoopSource source_;
};

/// Something to be done once at the end of the turn: what several handlers ask for in a turn is
/// done once for all of them. A turn is what one event brings, such as all messages that wait on a
/// connection; asked for between turns, or by what is done at the end of one, it has its own.
class Deferred {
 public:
  Deferred() = default;
  void trigger();

 private:
  friend class Loop;
  LoopSource source_;
};

/// The process's only event loop (sd-event): file descriptors, monotonic timers, signals, file
/// changes. Everything but Paho's callbacks runs on its thread. An exception that leaves a handler
/// ends run() and is rethrown there.
class Loop {
 public:
  using Handler = std::function<void()>;

  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Time of this turn: read once per turn, the same for all handlers in it. By a clock that nobody
  /// can set and that goes on while the device is suspended; for other threads see clock_now().
  Instant now() const;

  /// Runs until exit() is called; returns the code given there.
  int run();
  void exit(int code);

  [[nodiscard]] Timer add_timer(Handler handler);
  /// Not triggered yet.
  [[nodiscard]] Deferred defer(Handler handler);
  /// `events` as in poll(2) / epoll: EPOLLIN, EPOLLOUT.
  [[nodiscard]] LoopSource watch_fd(int fd, std::uint32_t events, Handler handler);
  /// The signal is blocked for this thread; call before any other thread is started.
  [[nodiscard]] LoopSource on_signal(int signal, Handler handler);
  /// Called when a file in `directory` was written, moved there, created or removed. An empty
  /// source when the directory cannot be watched (e.g. it does not exist).
  [[nodiscard]] LoopSource watch_directory(const std::filesystem::path& directory, Handler handler);

  sd_event* native() const { return event_; }
  /// For other sd-event registrations: runs `handler`, keeping an exception for run().
  int guarded(const Handler& handler) noexcept;

 private:
  friend class LoopSource;
  friend class Deferred;

  template <typename Register>
  LoopSource make_source(Handler handler, const char* what, Register add);
  template <typename... What>
  static int dispatch(sd_event_source*, What..., void* holder);
  void run(const Handler& handler) noexcept;
  void end_turn() noexcept;

  sd_event* event_ = nullptr;
  std::exception_ptr failure_;
  unsigned depth_ = 0;  ///< of guarded() within guarded(); 0 between turns
  bool is_ending_turn_ = false;
  std::vector<LoopSource::Holder*> at_turn_end_;  ///< nullptr: cancelled
};

}  // namespace dmb
