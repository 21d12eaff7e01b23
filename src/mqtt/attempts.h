// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"
#include "mqtt/link.h"
#include "mqtt/mqtt_event.h"
#include "mqtt/raw_event.h"
#include "mqtt/tls_peer.h"
#include "runtime/backoff.h"
#include "runtime/loop.h"
#include "runtime/standstill.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>

namespace dmb {

/// One attempt after another to connect to the broker, and the connection that comes of one: looks
/// the name up, has Paho connect, finds out why it failed, waits, begins anew. The loop's side of
/// Link.
class Attempts {
 public:
  /// Whom it concerns; called on the loop's thread.
  struct Listener {
    std::function<void()> readable;  ///< something is in inbox()
    std::function<void()> up;        ///< link() is there
    std::function<void(MqttDown)> down;
    std::function<void()> over;  ///< what was told beside reading the inbox is complete
  };

  /// `loop` and `broker` must outlive it. The first attempt begins in the loop's next turn.
  Attempts(Loop& loop, const BrokerConfig& broker, MqttIdentity identity, const MqttTiming& timing,
           Listener listener);
  /// Disconnects, and waits less than a second for that.
  ~Attempts();
  /// Begins to disconnect, so that the end waits for less. Nothing happens afterwards.
  void leave();
  Attempts(const Attempts&) = delete;
  Attempts& operator=(const Attempts&) = delete;

  bool is_up() const { return state_ == State::up; }
  /// The connection; nullptr while there is none.
  Link* link() { return state_ == State::up ? link_.get() : nullptr; }
  /// Another one after each client that was given up.
  RawInbox& inbox() { return *inbox_; }

  /// See MqttInterest.
  void set_patience(std::optional<std::chrono::seconds> patience);
  /// To be called before the inbox is read: whether a standstill ended the connection.
  bool check_standstill() { return standstill_.check(); }
  /// See MqttSource.
  void hurry_while(std::function<bool()> urgent) { urgent_ = std::move(urgent); }

  void on(const LinkUp& event);
  void on(const LinkLost& event);
  void on(const ConnectFailed& event);
  void on(const CallFailed& event);
  void on(const Flooded& event);
  void on(Resolved&& found);
  void on(Diagnosed&& diagnosis);

 private:
  enum class State : std::uint8_t { waiting, resolving, connecting, diagnosing, up };

  void begin();
  void begin_link();
  void connect();
  void give_up_on_paho();
  void make_link(std::unique_ptr<Link> before = nullptr);
  void drop_link();
  void down(Failure failure);
  void down(Failure failure, std::chrono::milliseconds wait);
  std::chrono::milliseconds wait_for_next();
  void begin_anew(std::chrono::milliseconds stood_still);

  Loop& loop_;
  const BrokerConfig& broker_;
  const MqttIdentity identity_;
  const MqttTiming timing_;
  const Listener listener_;
  std::function<bool()> urgent_ = [] { return false; };
  std::optional<std::chrono::seconds> patience_;

  State state_ = State::waiting;
  Backoff backoff_;
  std::string ip_;  ///< of the current attempt
  std::shared_ptr<const TlsPeer> peer_;
  std::optional<TlsExpectation> expectation_;  ///< while an attempt with TLS is under way
  std::size_t attempt_ = 0;  ///< since the last connection: another address of the host each time
  Instant began_;            ///< of the attempt
  Instant since_;            ///< Paho was asked to connect, then the connection was made

  // Shared with Paho's thread and the look-up threads, any of which may outlive us.
  std::shared_ptr<RawInbox> inbox_ = std::make_shared<RawInbox>();
  std::unique_ptr<Link> link_;  ///< null until an attempt begins, at times
  std::future<void> retired_;
  std::optional<Instant> left_at_;
  LoopSource inbox_watch_;
  Timer attempt_timer_;
  Timer hang_timer_;  ///< runs while Paho connects
  Standstill standstill_;
};

}  // namespace dmb
