// SPDX-License-Identifier: MIT
#include "dmb/runtime/loop.h"

#include <systemd/sd-event.h>

#include <sys/epoll.h>
#include <sys/inotify.h>

#include <csignal>
#include <ctime>
#include <system_error>
#include <utility>

namespace dmb {

struct LoopSource::Holder {
  Loop* loop = nullptr;
  Loop::Handler handler;
  sd_event_source* source = nullptr;
};

void LoopSource::Release::operator()(Holder* holder) const {
  sd_event_source_disable_unref(holder->source);
  delete holder;
}

sd_event_source* LoopSource::native() const {
  return holder_ ? holder_->source : nullptr;
}

namespace {

void check(int result, const char* what) {
  if (result < 0) throw std::system_error(-result, std::generic_category(), what);
}

std::uint64_t to_usec(Instant at) {
  const auto usec =
      std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count();
  return usec < 0 ? 0 : static_cast<std::uint64_t>(usec);
}

template <typename Holder>
int dispatch(void* userdata) {
  auto* holder = static_cast<Holder*>(userdata);
  // A copy: a handler may cancel the very source it was called for.
  const Loop::Handler handler = holder->handler;
  return holder->loop->guarded(handler);
}

}  // namespace

void Timer::arm(Instant at) {
  auto* source = source_.native();
  check(sd_event_source_set_time(source, to_usec(at)), "arm timer");
  check(sd_event_source_set_enabled(source, SD_EVENT_ONESHOT), "enable timer");
}

void Timer::disarm() {
  if (source_) sd_event_source_set_enabled(source_.native(), SD_EVENT_OFF);
}

void Deferred::trigger() {
  check(sd_event_source_set_enabled(source_.native(), SD_EVENT_ONESHOT), "defer");
}

Loop::Loop() {
  check(sd_event_new(&event_), "create event loop");
}

Loop::~Loop() {
  sd_event_unref(event_);
}

Instant Loop::now() const {
  std::uint64_t usec = 0;
  sd_event_now(event_, CLOCK_MONOTONIC, &usec);
  return Instant(std::chrono::microseconds(usec));
}

int Loop::run() {
  const int code = sd_event_loop(event_);
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  check(code, "event loop");
  return code;
}

void Loop::exit(int code) {
  sd_event_exit(event_, code);
}

int Loop::guarded(const Handler& handler) noexcept {
  try {
    handler();
  } catch (...) {
    if (!failure_) failure_ = std::current_exception();
    sd_event_exit(event_, 0);
  }
  return 0;
}

Timer Loop::add_timer(Handler handler) {
  Timer timer;
  timer.source_.holder_.reset(new LoopSource::Holder{this, std::move(handler), nullptr});
  auto* holder = timer.source_.holder_.get();
  // The default accuracy of 250 ms would be seen by the user; 1 ms still lets the kernel coalesce.
  constexpr std::uint64_t kAccuracyUsec = 1000;
  check(sd_event_add_time(
            event_, &holder->source, CLOCK_MONOTONIC, 0, kAccuracyUsec,
            [](sd_event_source*, std::uint64_t, void* userdata) {
              return dispatch<LoopSource::Holder>(userdata);
            },
            holder),
        "add timer");
  timer.disarm();
  return timer;
}

Deferred Loop::defer(Handler handler) {
  Deferred deferred;
  deferred.source_.holder_.reset(new LoopSource::Holder{this, std::move(handler), nullptr});
  auto* holder = deferred.source_.holder_.get();
  check(sd_event_add_defer(
            event_, &holder->source,
            [](sd_event_source*, void* userdata) { return dispatch<LoopSource::Holder>(userdata); },
            holder),
        "add deferred work");
  check(sd_event_source_set_enabled(holder->source, SD_EVENT_OFF), "disable deferred work");
  return deferred;
}

LoopSource Loop::watch_fd(int fd, std::uint32_t events, Handler handler) {
  LoopSource watch;
  watch.holder_.reset(new LoopSource::Holder{this, std::move(handler), nullptr});
  auto* holder = watch.holder_.get();
  check(sd_event_add_io(
            event_, &holder->source, fd, events,
            [](sd_event_source*, int, std::uint32_t, void* userdata) {
              return dispatch<LoopSource::Holder>(userdata);
            },
            holder),
        "watch file descriptor");
  return watch;
}

LoopSource Loop::on_signal(int signal, Handler handler) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);

  LoopSource watch;
  watch.holder_.reset(new LoopSource::Holder{this, std::move(handler), nullptr});
  auto* holder = watch.holder_.get();
  check(sd_event_add_signal(
            event_, &holder->source, signal,
            [](sd_event_source*, const signalfd_siginfo*, void* userdata) {
              return dispatch<LoopSource::Holder>(userdata);
            },
            holder),
        "watch signal");
  return watch;
}

LoopSource Loop::watch_directory(const std::filesystem::path& directory, Handler handler) {
  LoopSource watch;
  watch.holder_.reset(new LoopSource::Holder{this, std::move(handler), nullptr});
  auto* holder = watch.holder_.get();
  const int result = sd_event_add_inotify(
      event_, &holder->source, directory.c_str(),
      IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE,
      [](sd_event_source*, const inotify_event*, void* userdata) {
        return dispatch<LoopSource::Holder>(userdata);
      },
      holder);
  if (result < 0) return {};
  return watch;
}

}  // namespace dmb
