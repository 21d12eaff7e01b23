// SPDX-License-Identifier: MIT
#pragma once

#include "mqtt/mqtt_source.h"
#include "runtime/loop.h"

#include <gtest/gtest.h>
#include <systemd/sd-event.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dmb::test {

/// Short waits between attempts, so that no test is slow.
inline constexpr MqttTiming kFast{.first_retry = std::chrono::milliseconds(20),
                                  .longest_retry = std::chrono::milliseconds(100),
                                  .lasting_connection = std::chrono::milliseconds(0),
                                  .connect_timeout = std::chrono::seconds(10),
                                  .hang_grace = std::chrono::seconds(20),
                                  .keepalive = std::chrono::seconds(30),
                                  .venus_keepalive = std::chrono::milliseconds(200)};

inline BrokerConfig at_port(std::uint16_t port) {
  BrokerConfig broker;
  broker.address = "127.0.0.1";
  broker.port = port;
  return broker;
}

/// A source on a loop of its own, and everything it said.
class Listener {
 public:
  using Condition = std::function<bool()>;

  explicit Listener(const BrokerConfig& broker, MqttInterest interest = {{"t/#"}, {}},
                    MqttTiming timing = kFast)
      : source_(std::make_unique<MqttSource>(
            loop_, broker, "dmb-test", std::move(interest),
            [this](std::span<MqttEvent> batch) { take(batch); }, timing)) {}

  MqttSource& source() { return *source_; }
  const std::vector<MqttEvent>& events() const { return events_; }
  int batches() const { return batches_; }

  /// Runs the loop until `reached`; false after half a minute.
  bool wait(const Condition& reached) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!reached()) {
      const auto begin = std::chrono::steady_clock::now();
      if (begin > deadline) return false;
      constexpr std::uint64_t kTurnUsec = 10'000;
      sd_event_run(loop_.native(), kTurnUsec);
      longest_turn_ = std::max(longest_turn_, std::chrono::duration_cast<std::chrono::milliseconds>(
                                                  std::chrono::steady_clock::now() - begin));
    }
    return true;
  }

  /// One turn of the loop, without a wait.
  void turn() { sd_event_run(loop_.native(), 0); }

  template <typename Event>
  std::vector<Event> all() const {
    std::vector<Event> found;
    for (const MqttEvent& event : events_)
      if (const auto* wanted = std::get_if<Event>(&event)) found.push_back(*wanted);
    return found;
  }

  /// When each of all() came: the time of its turn of the loop, by which timers are set.
  template <typename Event>
  std::vector<Instant> times() const {
    std::vector<Instant> found;
    for (std::size_t i = 0; i < events_.size(); ++i)
      if (std::holds_alternative<Event>(events_[i])) found.push_back(times_[i]);
    return found;
  }

  template <typename Event>
  std::size_t count() const {
    return all<Event>().size();
  }

  /// The longest that one turn of the loop took so far, beyond its wait for something to happen.
  std::chrono::milliseconds longest_turn() const { return longest_turn_; }

  bool wait_up(std::size_t times = 1) {
    return wait([this, times] { return count<MqttUp>() >= times; });
  }

  /// The first failure; one without a reason if there is none in time.
  MqttDown first_failure() {
    if (!wait([this] { return count<MqttDown>() > 0; })) return {};
    return all<MqttDown>()[0];
  }
  std::string first_reason() { return first_failure().reason; }
  BrokerTrouble first_trouble() { return first_failure().trouble; }

  /// How long the end of the source takes.
  std::chrono::milliseconds end() {
    const auto begin = std::chrono::steady_clock::now();
    source_.reset();
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 begin);
  }

 private:
  void take(std::span<MqttEvent> batch) {
    ++batches_;
    for (MqttEvent& event : batch) events_.push_back(std::move(event));
    times_.resize(events_.size(), loop_.now());
  }

  Loop loop_;
  std::vector<MqttEvent> events_;
  std::vector<Instant> times_;
  int batches_ = 0;
  std::chrono::milliseconds longest_turn_{0};
  std::unique_ptr<MqttSource> source_;
};

}  // namespace dmb::test
