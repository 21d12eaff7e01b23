// SPDX-License-Identifier: MIT
#include "runtime/loop.h"

#include <systemd/sd-event.h>

#include <sys/epoll.h>
#include <sys/inotify.h>

#include <algorithm>
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
  std::ranges::replace(holder->loop->at_turn_end_, holder, nullptr);
  delete holder;
}

sd_event_source* LoopSource::native() const {
  return holder_ ? holder_->source : nullptr;
}

namespace {

void check(int result, const char* what) {
  if (result < 0) throw std::system_error(-result, std::generic_category(), what);
}

/// Goes on while the device is suspended: time-outs end then, too.
constexpr clockid_t kClock = CLOCK_BOOTTIME;

std::uint64_t to_usec(Instant at) {
  const auto usec =
      std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count();
  return usec < 0 ? 0 : static_cast<std::uint64_t>(usec);
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
  auto* holder = source_.holder_.get();
  Loop& loop = *holder->loop;
  if (loop.depth_ == 0 || loop.is_ending_turn_)
    check(sd_event_source_set_enabled(holder->source, SD_EVENT_ONESHOT), "defer");
  else if (std::ranges::find(loop.at_turn_end_, holder) == loop.at_turn_end_.end())
    loop.at_turn_end_.push_back(holder);
}

Loop::Loop() {
  check(sd_event_new(&event_), "create event loop");
}

Loop::~Loop() {
  sd_event_unref(event_);
}

Instant Loop::now() const {
  std::uint64_t usec = 0;
  sd_event_now(event_, kClock, &usec);
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
  ++depth_;
  run(handler);
  if (depth_ == 1) end_turn();
  --depth_;
  return 0;
}

void Loop::run(const Handler& handler) noexcept {
  try {
    handler();
  } catch (...) {
    if (!failure_) failure_ = std::current_exception();
    sd_event_exit(event_, 0);
  }
}

void Loop::end_turn() noexcept {
  is_ending_turn_ = true;
  for (auto*& waiting : at_turn_end_) {
    const auto* holder = std::exchange(waiting, nullptr);
    if (holder == nullptr || failure_) continue;
    const Handler handler = holder->handler;  // it may cancel itself
    run(handler);
  }
  at_turn_end_.clear();
  is_ending_turn_ = false;
}

/// `add` registers with sd-event, given a source to fill and what to hand to dispatch().
template <typename Register>
LoopSource Loop::make_source(Handler handler, const char* what, Register add) {
  LoopSource made;
  made.holder_.reset(new LoopSource::Holder{this, std::move(handler), nullptr});
  check(add(&made.holder_->source, made.holder_.get()), what);
  return made;
}

/// What sd-event calls, whatever it tells beside the source.
template <typename... What>
int Loop::dispatch(sd_event_source*, What..., void* holder) {
  const auto* called = static_cast<LoopSource::Holder*>(holder);
  const Handler handler = called->handler;  // a copy: it may cancel the very source
  return called->loop->guarded(handler);
}

Timer Loop::add_timer(Handler handler) {
  // The default accuracy of 250 ms would be seen by the user; 1 ms still lets the kernel coalesce.
  constexpr std::uint64_t kAccuracyUsec = 1000;
  Timer timer;
  timer.source_ = make_source(std::move(handler), "add timer", [&](auto** source, void* holder) {
    return sd_event_add_time(event_, source, kClock, 0, kAccuracyUsec, &dispatch<std::uint64_t>,
                             holder);
  });
  timer.disarm();
  return timer;
}

Deferred Loop::defer(Handler handler) {
  Deferred deferred;
  deferred.source_ =
      make_source(std::move(handler), "add deferred work", [&](auto** source, void* holder) {
        return sd_event_add_defer(event_, source, &dispatch<>, holder);
      });
  check(sd_event_source_set_enabled(deferred.source_.native(), SD_EVENT_OFF),
        "disable deferred work");
  return deferred;
}

LoopSource Loop::watch_fd(int fd, std::uint32_t events, Handler handler) {
  return make_source(std::move(handler), "watch file descriptor", [&](auto** source, void* holder) {
    return sd_event_add_io(event_, source, fd, events, &dispatch<int, std::uint32_t>, holder);
  });
}

LoopSource Loop::on_signal(int signal, Handler handler) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return make_source(std::move(handler), "watch signal", [&](auto** source, void* holder) {
    return sd_event_add_signal(event_, source, signal, &dispatch<const signalfd_siginfo*>, holder);
  });
}

LoopSource Loop::watch_directory(const std::filesystem::path& directory, Handler handler) try {
  constexpr auto kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE;
  return make_source(std::move(handler), "watch directory", [&](auto** source, void* holder) {
    return sd_event_add_inotify(event_, source, directory.c_str(), kEvents,
                                &dispatch<const inotify_event*>, holder);
  });
} catch (const std::system_error&) {
  return {};
}

}  // namespace dmb
