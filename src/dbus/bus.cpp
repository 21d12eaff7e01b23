// SPDX-License-Identifier: MIT
#include "dbus/bus.h"

#include "runtime/clock.h"
#include "sdbus_compat.h"

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include <sys/epoll.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace dmb {

namespace {

/// Bounded, so that a connection somebody floods cannot starve the other ones and the timers.
constexpr int kMaxMessagesPerTurn = 64;

std::unique_ptr<sdbus::IConnection> open_connection() try {
  const char* session = std::getenv("DBUS_SESSION_BUS_ADDRESS");
  const bool has_session = session != nullptr && !std::string_view(session).empty();
  return has_session ? sdbus::createSessionBusConnection() : sdbus::createSystemBusConnection();
} catch (const sdbus::Error& error) {
  throw std::runtime_error("no connection to the D-Bus daemon (" + error.getMessage() +
                           "): is it running, and is DBUS_SESSION_BUS_ADDRESS right if it is set?");
}

struct SourceRelease {
  void operator()(sd_event_source* source) const { sd_event_source_disable_unref(source); }
};
using EventSource = std::unique_ptr<sd_event_source, SourceRelease>;

}  // namespace

class Bus::Impl {
 public:
  explicit Impl(Loop& loop)
      : loop_(loop),
        connection_(open_connection()),
        native_(compat::native(*connection_)),
        timer_(loop.add_timer([this] { process(); })) {
    const auto poll = compat::poll_data(*connection_);
    watch_socket(poll.fd);
    if (poll.wake_fd >= 0) wake_ = loop.watch_fd(poll.wake_fd, EPOLLIN, [this] { wake(); });
  }

  Loop& loop() { return loop_; }
  sdbus::IConnection& connection() { return *connection_; }
  sd_bus* native() { return native_; }

 private:
  /// Not through Loop::watch_fd: the prepare callback has to find its way back to us.
  void watch_socket(int fd) {
    sd_event_source* source = nullptr;
    int result = sd_event_add_io(loop_.native(), &source, fd, EPOLLIN, &Impl::on_io, this);
    socket_.reset(source);
    if (result >= 0) result = sd_event_source_set_prepare(source, &Impl::on_prepare);
    if (result < 0) throw std::system_error(-result, std::generic_category(), "watch D-Bus socket");
  }

  static int on_io(sd_event_source*, int, std::uint32_t, void* userdata) {
    auto* self = static_cast<Impl*>(userdata);
    return self->loop_.guarded([self] { self->process(); });
  }

  /// Runs before every sleep: messages may have been queued, or calls been made, since the last.
  static int on_prepare(sd_event_source*, void* userdata) {
    auto* self = static_cast<Impl*>(userdata);
    return self->loop_.guarded([self] { self->prepare(); });
  }

  void prepare() {
    try {
      const auto poll = compat::poll_data(*connection_);
      sd_event_source_set_io_events(socket_.get(), poll.events);
      set_timeout(poll.timeout_usec);
    } catch (const sdbus::Error&) {
      set_timeout(0);  // the connection has ended; process() says so at once
    }
  }

  void set_timeout(std::uint64_t usec) {
    if (usec == UINT64_MAX) {
      timer_.disarm();
    } else {
      timer_.arm(at_monotonic(usec));
    }
  }

  void wake() {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto size = ::read(compat::poll_data(*connection_).wake_fd, &count, 8);
    process();
  }

  void process() try {
    for (int n = 0; n < kMaxMessagesPerTurn && compat::process_one(*connection_); ++n) {
    }
  } catch (const sdbus::Error& error) {
    throw std::runtime_error("the connection to the D-Bus daemon is lost (" + error.getMessage() +
                             "); the supervisor has to start this program again");
  }

  Loop& loop_;
  std::unique_ptr<sdbus::IConnection> connection_;
  sd_bus* native_;
  EventSource socket_;
  LoopSource wake_;
  Timer timer_;
};

Bus::Bus(Loop& loop) : impl_(std::make_unique<Impl>(loop)) {}

Bus::~Bus() = default;

Loop& Bus::loop() {
  return impl_->loop();
}

sdbus::IConnection& Bus::connection() {
  return impl_->connection();
}

sd_bus* Bus::native() {
  return impl_->native();
}

std::size_t Bus::backlog() {
  std::uint64_t messages = 0;
  if (sd_bus_get_n_queued_write(impl_->native(), &messages) < 0) return 0;
  return static_cast<std::size_t>(messages);
}

}  // namespace dmb
