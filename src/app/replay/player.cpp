// SPDX-License-Identifier: MIT
#include "app/replay/player.h"

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <string_view>
#include <utility>
#include <variant>

namespace dmb::replay {

std::string refuse_bus(const char* session_address, const char* system_address) {
  const std::string_view session = session_address != nullptr ? session_address : "";
  const std::string_view system = system_address != nullptr ? system_address : "";
  if (session.empty())
    return "there is no session bus, and a recording is never shown on the system bus: try "
           "dbus-run-session";
  // What a device calls its session bus may be the one that its chargers listen to.
  if (session == system || session.find("system_bus_socket") != std::string_view::npos)
    return "the session bus is the system bus, and a recording is never shown there: try "
           "dbus-run-session";
  return {};
}

class Player::Shown {
 public:
  Shown(Loop& loop, Played& device)
      : loop_(loop),
        device_(device),
        service_(
            loop, device.description(), [this] { show(); }, settings_, [] {}),
        again_(loop, [this] { show(); }) {
    service_.describe(device.device().values());
  }

  void change() {
    service_.change(device_.description(), device_.device().values());
    service_.describe(device_.device().values());
  }

  void show() {
    ItemValues& values = device_.device().values();
    service_.identify(values);
    const Presence presence = device_.device().presence();
    if (presence == Presence::off && service_.joined()) service_.leave();
    if (presence == Presence::on && !service_.joined() && service_.identified())
      service_.join(values, {});
    again_.at(service_.update(values, loop_.now(), {}));
  }

 private:
  Loop& loop_;
  Played& device_;
  KeptSettings settings_;
  DeviceService service_;
  WakeUp again_;
};

Player::Player(RecordingReader& reader, std::optional<Config> other, double speed)
    : reader_(reader),
      speed_(speed),
      next_(loop_.add_timer([this] { step(); })),
      stage_(std::move(other), *this) {
  for (const int signal : {SIGINT, SIGTERM})
    stops_.push_back(loop_.on_signal(signal, [this] { loop_.exit(0); }));
}

Player::~Player() = default;

int Player::run() {
  line_ = reader_.next();
  next_.arm(loop_.now());
  return loop_.run();
}

/// A new run, or the next part, follows at once.
Instant Player::due(const record::Line& line) const {
  if (std::holds_alternative<record::Began>(line.what)) return loop_.now();
  const auto passed = std::chrono::duration<double>(line.at - began_at_) / speed_;
  return started_at_ + std::chrono::duration_cast<Instant::duration>(passed);
}

/// As many lines as are due, and not so many that the bus has to wait.
void Player::step() {
  constexpr std::size_t kMostInTurn = 200;
  for (std::size_t i = 0; i < kMostInTurn && line_; ++i) {
    const Instant at = due(*line_);
    if (at > loop_.now()) return next_.arm(at);
    stage_.play(*line_);
    line_ = reader_.next();
  }
  if (line_)
    next_.arm(loop_.now());
  else
    loop_.exit(0);
}

void Player::on_run(const record::Began&, Instant now) {
  began_at_ = now;
  started_at_ = loop_.now();
}

void Player::on_created(Played& device, Instant) {
  shown_[&device] = std::make_unique<Shown>(loop_, device);
}

void Player::on_changed(Played& device, Instant) {
  if (const auto shown = shown_.find(&device); shown != shown_.end()) shown->second->change();
}

void Player::on_ended(Played& device, Instant) {
  shown_.erase(&device);
}

void Player::on_view(Played& device, const std::optional<record::Decision>&, Instant) {
  if (const auto shown = shown_.find(&device); shown != shown_.end()) shown->second->show();
}

}  // namespace dmb::replay
