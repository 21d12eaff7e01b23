// SPDX-License-Identifier: MIT
#include "mqtt/mqtt_source.h"

#include "address.h"
#include "background.h"
#include "diagnosis.h"
#include "dmb/codec/text.h"
#include "link.h"
#include "log/repeats.h"
#include "runtime/backoff.h"
#include "runtime/standstill.h"
#include "tls_files.h"
#include "tls_peer.h"

#include <spdlog/spdlog.h>

#include <sys/epoll.h>

#include <algorithm>
#include <future>
#include <set>
#include <stdexcept>
#include <utility>

namespace dmb {
namespace {

// An empty payload has everything published again; the option only keeps the broker talking.
constexpr const char* kKeepaliveAll = "";
/// What a client that ends in the background may add to our own end.
constexpr std::chrono::milliseconds kRetirementPatience{100};
constexpr std::chrono::milliseconds kDestructionPatience{800};
constexpr std::chrono::milliseconds kEndingPause{100};
constexpr const char* kKeepaliveOnly = R"({"keepalive-options":["suppress-republish"]})";

using Names = std::vector<std::string>;

void remove_repeats(Names& names) {
  std::set<std::string> seen;
  std::erase_if(names, [&seen](const std::string& name) { return !seen.insert(name).second; });
}

MqttInterest without_repeats(MqttInterest interest) {
  remove_repeats(interest.filters);
  remove_repeats(interest.keepalive_topics);
  return interest;
}

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

bool contains(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

/// The loop's side: one attempt after another. Paho's side is Link.
class MqttSource::Impl {
 public:
  Impl(Loop& loop, BrokerConfig broker, const std::string& client_id, MqttInterest interest,
       Handler handler, MqttTiming timing);
  ~Impl() {
    inbox_->close();
    if (retired_.valid()) retired_.wait_for(kRetirementPatience);
    if (link_) link_->retire().wait_for(kDestructionPatience);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void set_interest(MqttInterest interest);
  void hurry_while(std::function<bool()> urgent) { urgent_ = std::move(urgent); }
  void publish(const std::string& topic, const std::string& payload) {
    if (state_ == State::up) link_->publish(topic, payload);
  }

 private:
  enum class State { waiting, resolving, connecting, diagnosing, up };

  void begin_attempt();
  void begin_link();
  void connect();
  void give_up_on_paho();
  void make_link(std::unique_ptr<Link> before = nullptr);
  void drop_link();
  void read_inbox();
  void report_overload(std::size_t dropped);
  void hand_over();
  void down(Failure failure);
  void down(Failure failure, std::chrono::milliseconds wait);
  std::chrono::milliseconds wait_for_next();
  void begin_anew(std::chrono::milliseconds stood_still);
  void send_keepalive(const Names& topics, const char* payload);
  void keep_alive();

  void on(MqttMessage&& message) { events_.emplace_back(std::move(message)); }
  void on(MqttOversized&& message) { events_.emplace_back(std::move(message)); }
  void on(const LinkUp& event);
  void on(const LinkLost& event);
  void on(const ConnectFailed& event);
  void on(const CallFailed& event);
  void on(const Flooded& event);
  void on(const SubscriptionAnswer& answer);
  void on(Resolved&& found);
  void on(Diagnosed&& diagnosis);

  Loop& loop_;
  const BrokerConfig broker_;
  const std::string client_id_;
  MqttInterest interest_;
  const Handler handler_;
  const MqttTiming timing_;

  State state_ = State::waiting;
  Backoff backoff_;
  std::string ip_;  // of the current attempt
  std::shared_ptr<const TlsPeer> peer_;
  std::optional<TlsExpectation> expectation_;  // while an attempt with TLS is under way
  std::size_t attempt_ = 0;  // since the last connection: another address of the host each time
  Instant began_;            // of the attempt
  Instant since_;            // Paho was asked to connect, then the connection was made
  std::function<bool()> urgent_ = [] { return false; };
  std::set<std::string> refused_;

  // Shared with Paho's thread and the look-up threads, any of which may outlive us.
  std::shared_ptr<RawInbox> inbox_ = std::make_shared<RawInbox>();
  std::vector<RawEvent> raw_;
  std::size_t passed_over_ = 0;  ///< messages, since the last line about them
  Repeats repeats_;
  std::vector<MqttEvent> events_;
  std::unique_ptr<Link> link_;  ///< null until an attempt begins, at times
  std::future<void> retired_;
  LoopSource inbox_watch_;
  Timer attempt_timer_;
  Timer hang_timer_;  ///< runs while Paho connects
  Timer keepalive_timer_;
  Standstill standstill_;
};

MqttSource::Impl::Impl(Loop& loop, BrokerConfig broker, const std::string& client_id,
                       MqttInterest interest, Handler handler, MqttTiming timing)
    : loop_(loop),
      broker_(std::move(broker)),
      client_id_(client_id),
      interest_(without_repeats(std::move(interest))),
      handler_(std::move(handler)),
      timing_(timing),
      backoff_(timing.first_retry, timing.longest_retry),
      attempt_timer_(loop.add_timer([this] {
        begin_attempt();
        hand_over();
      })),
      hang_timer_(loop.add_timer([this] {
        give_up_on_paho();
        hand_over();
      })),
      keepalive_timer_(loop.add_timer([this] { keep_alive(); })),
      standstill_(loop, [this](std::chrono::milliseconds late) {
        begin_anew(late);
        hand_over();
      }) {
  if (!is_bus_text(client_id)) throw std::invalid_argument("the MQTT client id is not UTF-8");
  attempt_timer_.arm(loop.now());
}

/// With an inbox of its own: what the one before still says is about nothing any more.
void MqttSource::Impl::make_link(std::unique_ptr<Link> before) {
  inbox_watch_ = {};  // before the other threads may close the old one's descriptor
  inbox_ = std::make_shared<RawInbox>();
  link_ = std::make_unique<Link>(broker_, client_id_, inbox_, std::move(before));
  inbox_watch_ = loop_.watch_fd(inbox_->fd(), EPOLLIN, [this] { read_inbox(); });
}

/// The next attempt begins with a new client, and Paho then from scratch: a packet for which it had
/// no memory leaves it unable to read any other.
void MqttSource::Impl::drop_link() {
  retired_ = link_->retire();
  link_.reset();
}

void MqttSource::Impl::begin_attempt() {
  if (!link_ && Link::is_any_ending()) return attempt_timer_.arm(loop_.now() + kEndingPause);
  began_ = loop_.now();
  try {
    if (!link_) make_link();
    begin_link();
  } catch (const std::exception& error) {
    down({BrokerTrouble::internal, std::string("no thread for the broker: ") + error.what()});
  }
}

void MqttSource::Impl::begin_link() {
  const std::string host = bare_host(broker_.address);
  if (!broker_.tls_enabled && is_ip(host)) {
    ip_ = host;
    return connect();
  }
  state_ = State::resolving;
  in_background(inbox_, [broker = broker_]() -> RawEvent { return prepare(broker); });
}

void MqttSource::Impl::connect() {
  state_ = State::connecting;
  since_ = loop_.now();
  hang_timer_.arm(since_ + timing_.connect_timeout + timing_.hang_grace);
  if (peer_) expectation_.emplace(ip_, broker_.port, peer_);
  link_->connect(broker_, ip_, timing_);
}

/// Paho waits for the wall clock: one that was set back by years keeps it from ending an attempt. A
/// client that it has not even made must not get a successor that waits for the same.
void MqttSource::Impl::give_up_on_paho() {
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

void MqttSource::Impl::read_inbox() {
  if (standstill_.check()) return;
  if (const std::size_t dropped = inbox_->drain(raw_)) report_overload(dropped);
  for (RawEvent& event : raw_) std::visit([this](auto& e) { on(std::move(e)); }, event);
  raw_.clear();
  hand_over();
}

void MqttSource::Impl::report_overload(std::size_t dropped) {
  passed_over_ += dropped;
  if (!repeats_.count("overload", loop_.now())) return;
  spdlog::warn(
      "MQTT broker {}: messages come faster than they can be taken; {} were passed over for newer "
      "ones. What counts is the newest of each topic; let the publisher send less often",
      printable(host_and_port(broker_)), std::exchange(passed_over_, 0));
}

void MqttSource::Impl::hand_over() {
  if (events_.empty()) return;
  handler_(events_);
  events_.clear();
}

void MqttSource::Impl::down(Failure failure) {
  down(std::move(failure), wait_for_next());
}

std::chrono::milliseconds MqttSource::Impl::wait_for_next() {
  const auto wait = backoff_.next();
  if (!urgent_()) return wait;
  const auto taken = std::chrono::duration_cast<std::chrono::milliseconds>(loop_.now() - began_);
  // An attempt that took long must not be followed at once, or there would be no pause at all.
  return std::min(wait, std::max(timing_.urgent_retry - taken, timing_.first_retry));
}

/// A connection that Paho goes on reading would bring what waited: it ends, with all of that.
void MqttSource::Impl::begin_anew(std::chrono::milliseconds stood_still) {
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

void MqttSource::Impl::down(Failure failure, std::chrono::milliseconds wait) {
  state_ = State::waiting;
  expectation_.reset();
  hang_timer_.disarm();
  keepalive_timer_.disarm();
  standstill_.watch(std::nullopt);
  ++attempt_;
  events_.emplace_back(MqttDown{failure.trouble, std::move(failure.reason), wait});
  attempt_timer_.arm(loop_.now() + wait);
}

void MqttSource::Impl::on(const LinkUp&) {
  if (!link_) return;
  state_ = State::up;
  attempt_timer_.disarm();
  expectation_.reset();
  hang_timer_.disarm();
  since_ = loop_.now();
  attempt_ = 0;
  for (const std::string& filter : interest_.filters) link_->subscribe(filter);
  send_keepalive(interest_.keepalive_topics, kKeepaliveAll);
  keepalive_timer_.arm(loop_.now() + timing_.venus_keepalive);
  standstill_.watch(interest_.patience);
  events_.emplace_back(MqttUp{});
}

void MqttSource::Impl::on(const LinkLost&) {
  if (state_ != State::up) return;
  const bool lasted = loop_.now() - since_ >= timing_.lasting_connection;
  if (lasted) backoff_.reset();
  down(lasted ? Failure{BrokerTrouble::lost, "connection lost"}
              : Failure{BrokerTrouble::dropped,
                        "connection lost soon after connecting: does another client use the same "
                        "client id, or does the broker stop?"});
}

void MqttSource::Impl::on(const ConnectFailed& event) {
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

void MqttSource::Impl::on(const CallFailed& event) {
  if (!link_) return;
  drop_link();
  if (state_ == State::resolving || state_ == State::connecting)
    down({BrokerTrouble::internal, "cannot connect: " + event.reason});
}

/// It would keep Paho's memory growing.
void MqttSource::Impl::on(const Flooded&) {
  if (!link_) return;
  drop_link();
  down(
      {BrokerTrouble::misbehaving,
       "the broker sends messages with a quality of service that nobody asked for (2) and does not "
       "release them: repair or replace it"});
}

void MqttSource::Impl::on(const SubscriptionAnswer& answer) {
  if (!contains(interest_.filters, answer.filter)) return;
  const bool is_news =
      answer.granted ? refused_.erase(answer.filter) > 0 : refused_.insert(answer.filter).second;
  if (!is_news) return;
  events_.emplace_back(MqttRefusals{Names(refused_.begin(), refused_.end())});
  if (answer.granted)
    spdlog::warn("MQTT broker {}: the subscription to {} is allowed now",
                 printable(host_and_port(broker_)), printable(answer.filter, 200));
  else
    spdlog::warn(
        "MQTT broker {} refuses the subscription to {}: allow it there (access list), or "
        "check topic and username",
        printable(host_and_port(broker_)), printable(answer.filter, 200));
}

void MqttSource::Impl::on(Resolved&& found) {
  if (state_ != State::resolving) return;
  if (found.failure) return down(std::move(*found.failure));
  ip_ = found.addresses[attempt_ % found.addresses.size()];
  peer_ = std::move(found.peer);
  connect();
}

void MqttSource::Impl::on(Diagnosed&& diagnosis) {
  if (state_ != State::diagnosing) return;
  if (diagnosis.reached && link_) drop_link();
  down(std::move(diagnosis.failure));
}

void MqttSource::Impl::send_keepalive(const Names& topics, const char* payload) {
  for (const std::string& topic : topics) link_->publish(topic, payload);
}

void MqttSource::Impl::keep_alive() {
  send_keepalive(interest_.keepalive_topics, kKeepaliveOnly);
  keepalive_timer_.arm(loop_.now() + timing_.venus_keepalive);
}

void MqttSource::Impl::set_interest(MqttInterest interest) {
  const MqttInterest old = std::exchange(interest_, without_repeats(std::move(interest)));
  std::erase_if(refused_, [this](const auto& f) { return !contains(interest_.filters, f); });
  if (state_ != State::up) return;
  if (interest_.patience != old.patience) standstill_.watch(interest_.patience);
  for (const std::string& filter : old.filters)
    if (!contains(interest_.filters, filter)) link_->unsubscribe(filter);
  for (const std::string& filter : interest_.filters)
    if (!contains(old.filters, filter)) link_->subscribe(filter);
  Names added;
  for (const std::string& topic : interest_.keepalive_topics)
    if (!contains(old.keepalive_topics, topic)) added.push_back(topic);
  send_keepalive(added, kKeepaliveAll);
}

MqttSource::MqttSource(Loop& loop, BrokerConfig broker, const std::string& client_id,
                       MqttInterest interest, Handler handler, MqttTiming timing)
    : impl_(std::make_unique<Impl>(loop, std::move(broker), client_id, std::move(interest),
                                   std::move(handler), timing)) {}

MqttSource::~MqttSource() = default;

void MqttSource::set_interest(MqttInterest interest) {
  impl_->set_interest(std::move(interest));
}

void MqttSource::hurry_while(std::function<bool()> urgent) {
  impl_->hurry_while(std::move(urgent));
}

void MqttSource::publish(const std::string& topic, const std::string& payload) {
  impl_->publish(topic, payload);
}

}  // namespace dmb
