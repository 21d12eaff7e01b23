// SPDX-License-Identifier: MIT
#pragma once

#include "../support/mosquitto.h"

#include <mqtt/async_client.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>

namespace dmb::test {

/// Holds the lock of Paho's whole API, as it does itself through a name look-up, say.
class Blocker {
 public:
  explicit Blocker(std::uint16_t port)
      : client_("tcp://127.0.0.1:" + std::to_string(port), "blocker") {
    client_.set_message_callback([this](const mqtt::const_message_ptr&) { hold(); });
    client_.connect()->wait();
    client_.subscribe("block", 0)->wait();
  }
  ~Blocker() { release(); }

  /// Returns once the lock is held.
  void block(const Mosquitto& broker) {
    broker.publish({.topic = "block", .payload = "x"});
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return blocked_; });
  }
  void release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }

 private:
  void hold() {
    std::unique_lock lock(mutex_);
    blocked_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return released_; });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool blocked_ = false;
  bool released_ = false;
  mqtt::async_client client_;
};

}  // namespace dmb::test
