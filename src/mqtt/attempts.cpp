// SPDX-License-Identifier: MIT
#include "mqtt/attempts.h"

#include "address.h"
#include "background.h"
#include "diagnosis.h"
#include "dmb/codec/text.h"
#include "runtime/clock.h"
#include "tls_files.h"

#include <sys/epoll.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace dmb {
namespace {

/// What a client that ends in the background may add to our own end.
constexpr std::chrono::milliseconds kRetirementPatience{100};
constexpr std::chrono::milliseconds kDestructionPatience{800};
constexpr std::chrono::milliseconds kEndingPause{100};

/// What an attempt needs to know. Reads files and looks a name up: not for the loop's thread.
Resolved prepare(const BrokerConfig& broker) {
  Resolved nothing;
  if ((nothing.failure = tls_file_problem(broker))) return nothing;
  Resolved found = resolve(bare_host(broker.address));
  if (!broker.tls_enabled || found.failure) return found;
  const auto made = TlsPeer::make(broker);
  if (const auto* peer = std::get_if<std::shared_ptr<const TlsPeer>>(&made))
    found.peer = *peer;
  else
    found.failure = std::get<Failure>(made);
  return found;
}

}  // namespace

Attempts::Attempts(Loop& loop, const BrokerConfig& broker, MqttIdentity identity,
                   const MqttTiming& timing, Listener listener)
    : loop_(loop),
      broker_(broker),
      identity_(std::move(identity)),
      timing_(timing),
      listener_(std::move(listener)),
      backoff_(timing.first_retry, timing.longest_retry),
      attempt_timer_(loop.add_timer([this] {
        begin();
        listener_.over();
      })),
      hang_timer_(loop.add_timer([this] {
        give_up_on_paho();
        listener_.over();
      })),
      standstill_(loop, [this](std::chrono::milliseconds late) {
        begin_anew(late);
        listener_.over();
      }) {
  if (!is_bus_text(identity_.client_id))
    throw std::invalid_argument("the MQTT client id is not UTF-8");
  attempt_timer_.arm(loop.now());
}

Attempts::~Attempts() {
  inbox_->close();
  if (left_at_ && retired_.valid())
    retired_.wait_for(*left_at_ + kDestructionPatience - clock_now());
  else if (retired_.valid())
    retired_.wait_for(kRetirementPatience);
  if (link_) link_->retire().wait_for(kDestructionPatience);
}

void Attempts::leave() {
  if (left_at_) return;
  state_ = State::waiting;
  attempt_timer_.disarm();
  hang_timer_.disarm();
  standstill_.watch(std::nullopt);
  expectation_.reset();
  left_at_ = clock_now();
  if (link_) drop_link();
}

void Attempts::set_patience(std::optional<std::chrono::seconds> patience) {
  if (std::exchange(patience_, patience) != patience && state_ == State::up)
    standstill_.watch(patience);
}

/// With an inbox of its own: what the one before still says is about nothing any more.
void Attempts::make_link(std::unique_ptr<Link> before) {
  inbox_watch_ = {};  // before the other threads may close the old one's descriptor
  inbox_ = std::make_shared<RawInbox>();
  link_ = std::make_unique<Link>(broker_, identity_, inbox_, std::move(before));
  inbox_watch_ = loop_.watch_fd(inbox_->fd(), EPOLLIN, listener_.readable);
}

/// The next attempt begins with a new client, and Paho then from scratch: a packet for which it had
/// no memory leaves it unable to read any other.
void Attempts::drop_link() {
  retired_ = link_->retire();
  link_.reset();
}

void Attempts::begin() {
  if (!link_ && Link::is_any_ending()) return attempt_timer_.arm(loop_.now() + kEndingPause);
  began_ = loop_.now();
  try {
    if (!link_) make_link();
    begin_link();
  } catch (const std::exception& error) {
    down({BrokerTrouble::internal, std::string("no thread for the broker: ") + error.what()});
  }
}

void Attempts::begin_link() {
  const std::string host = bare_host(broker_.address);
  if (!broker_.tls_enabled && is_ip(host)) {
    ip_ = host;
    return connect();
  }
  state_ = State::resolving;
  in_background(inbox_, [broker = broker_]() -> RawEvent { return prepare(broker); });
}

void Attempts::connect() {
  state_ = State::connecting;
  since_ = loop_.now();
  hang_timer_.arm(since_ + timing_.connect_timeout + timing_.hang_grace);
  if (peer_) expectation_.emplace(ip_, broker_.port, peer_);
  link_->connect(broker_, ip_, timing_);
}

/// Paho waits for the wall clock: one that was set back by years keeps it from ending an attempt. A
/// client that it has not even made must not get a successor that waits for the same.
void Attempts::give_up_on_paho() {
  if (state_ != State::connecting) return;
  try {
    if (link_->is_made())
      make_link(std::move(link_));
    else
      link_->forget_attempt();
  } catch (const std::exception&) {
    // No thread for it now; the next attempt tries again.
  }
  down(no_answer(broker_, timing_.connect_timeout));
}

void Attempts::down(Failure failure) {
  down(std::move(failure), wait_for_next());
}

std::chrono::milliseconds Attempts::wait_for_next() {
  if (!urgent_()) return backoff_.next();
  const auto taken = std::chrono::duration_cast<std::chrono::milliseconds>(loop_.now() - began_);
  return backoff_.next_in_a_hurry(timing_.urgent_retry, taken);
}

/// A connection that Paho goes on reading would bring what waited: it ends, with all of that.
void Attempts::begin_anew(std::chrono::milliseconds stood_still) {
  if (state_ != State::up) return;
  drop_link();
  backoff_.reset();
  const auto seconds = std::chrono::round<std::chrono::seconds>(stood_still).count();
  down(
      {BrokerTrouble::stalled, "this program stood still for " + std::to_string(seconds) +
                                   " s or more; how old the messages are that waited nobody knows, "
                                   "so it connects anew without them"},
      std::chrono::milliseconds(0));
}

void Attempts::down(Failure failure, std::chrono::milliseconds wait) {
  state_ = State::waiting;
  expectation_.reset();
  hang_timer_.disarm();
  standstill_.watch(std::nullopt);
  ++attempt_;
  attempt_timer_.arm(loop_.now() + wait);
  listener_.down({failure.trouble, std::move(failure.reason)});
}

void Attempts::on(const LinkUp&) {
  if (!link_) return;
  state_ = State::up;
  attempt_timer_.disarm();
  expectation_.reset();
  hang_timer_.disarm();
  since_ = loop_.now();
  attempt_ = 0;
  standstill_.watch(patience_);
  listener_.up();
}

void Attempts::on(const LinkLost&) {
  if (state_ != State::up) return;
  const bool lasted = loop_.now() - since_ >= timing_.lasting_connection;
  if (lasted) backoff_.reset();
  down(lasted ? Failure{BrokerTrouble::lost, "connection lost"}
              : Failure{BrokerTrouble::dropped,
                        "connection lost soon after connecting: does another client use the same "
                        "client id, or does the broker stop?"});
}

void Attempts::on(const ConnectFailed& event) {
  if (state_ != State::connecting) return;
  expectation_.reset();
  if (event.code > 0) return down(connack_failure(event.code, broker_));
  if (loop_.now() - since_ >= timing_.connect_timeout)
    return down(no_answer(broker_, timing_.connect_timeout));
  state_ = State::diagnosing;
  try {
    in_background(inbox_, [broker = broker_, ip = ip_, peer = peer_]() -> RawEvent {
      return diagnose(broker, ip, peer.get());
    });
  } catch (const std::exception&) {
    down({BrokerTrouble::internal, "the connection failed"});
  }
}

void Attempts::on(const CallFailed& event) {
  if (!link_) return;
  drop_link();
  if (state_ != State::waiting && state_ != State::diagnosing)
    down({BrokerTrouble::internal, "cannot connect: " + event.reason});
}

/// It would keep Paho's memory growing.
void Attempts::on(const Flooded&) {
  if (!link_) return;
  drop_link();
  down(
      {BrokerTrouble::misbehaving,
       "the broker sends messages with a quality of service that nobody asked for (2) and does not "
       "release them: repair or replace it"});
}

void Attempts::on(Resolved&& found) {
  if (state_ != State::resolving) return;
  if (found.failure) return down(std::move(*found.failure));
  ip_ = found.addresses[attempt_ % found.addresses.size()];
  peer_ = std::move(found.peer);
  connect();
}

void Attempts::on(Diagnosed&& diagnosis) {
  if (state_ != State::diagnosing) return;
  if (diagnosis.reached && link_) drop_link();
  down(std::move(diagnosis.failure));
}

}  // namespace dmb
