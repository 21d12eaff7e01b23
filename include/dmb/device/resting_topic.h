// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"

#include <chrono>
#include <optional>

namespace dmb {

/// What the heartbeats of a Venus broker are worth to one battery, and when its topic has to be
/// asked for, as a value.
///
/// Such a broker sends a value only when it changes: a battery at rest is silent, and the broker's
/// heartbeats speak for it. But who was offline never hears that a device left, and what a driver
/// sends that lost its battery is no life. So a heartbeat counts only while the last word of the
/// topic itself, on this connection, was a usable one. When heartbeats come and that is not so, the
/// broker is asked for this very topic, every ten seconds, until it answers or the time-out is
/// over.
class RestingTopic {
 public:
  /// `timeout` of 0 (silence never ends a life) asks for a minute.
  explicit RestingTopic(std::chrono::seconds timeout);
  void change_timeout(std::chrono::seconds timeout) { patience_ = RestingTopic(timeout).patience_; }

  /// A new connection to the broker.
  void connected() { *this = RestingTopic(patience_); }
  /// A live message on the topic was a sign of life.
  void usable();
  /// One was rejected, or tells nothing that counts; or the life ended in silence.
  void not_usable();
  /// The topic said that the device is gone: there is nothing to ask for.
  void gone();

  /// Returns whether this heartbeat is a sign of life.
  bool heartbeat(Instant now);

  /// When the topic has to be asked for; not after `now` means at once.
  std::optional<Instant> question_due() const;
  void asked(Instant now) { asked_at_ = now; }

 private:
  enum class Word { none, usable, gone };

  std::chrono::seconds patience_;
  Word word_ = Word::none;  ///< the topic's last, on this connection
  std::optional<Instant> beat_at_;
  std::optional<Instant> asking_since_;
  std::optional<Instant> asked_at_;
};

}  // namespace dmb
