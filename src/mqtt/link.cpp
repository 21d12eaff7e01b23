// SPDX-License-Identifier: MIT
#include "link.h"

#include "address.h"
#include "nudge.h"
#include "runtime/clock.h"
#include "sockets.h"
#include "tls_files.h"
#include "unreleased.h"

#include <mqtt/async_client.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <future>
#include <thread>
#include <utility>

namespace dmb {
namespace {

using namespace std::chrono_literals;

constexpr int kSubscriptionRefused = 0x80;
constexpr int kWillQos = 1;  // nobody stores it but the broker
constexpr auto kDisconnectPatience = 300ms;
constexpr const char* kNobodysCertificates = "/proc/self/nobodys-certificates";

/// OpenSSL sets itself up when TLS first needs it. Paho's own set-up would do it at start for every
/// user: 1.4 MB of memory for the many who have no TLS.
void leave_openssl_alone() {
  static const bool kOnce = [] {
    MQTTAsync_init_options options = MQTTAsync_init_options_initializer;
    options.do_openssl_init = 0;
    MQTTAsync_global_init(&options);
    return true;
  }();
  static_cast<void>(kOnce);
}

mqtt::create_options create_options() {
  mqtt::create_options options(MQTTVERSION_3_1_1);
  options.set_persist_qos0(false);
  return options;
}

/// `options` must stay where it is until connect() has returned: Paho C++ 1.2 leaves a copy's
/// pointer to the CA path with the original.
void set_tls(mqtt::ssl_options& options, const BrokerConfig& broker) {
  options.set_enable_server_cert_auth(verifies_chain(broker));
  // TlsExpectation says whom to trust. Without it nobody must be, and this folder does not exist.
  options.ca_path(kNobodysCertificates);
  options.set_verify(false);  // compares with the address that we connect to, and not with the name
  if (!broker.tls_path_to_cert.empty()) options.set_key_store(broker.tls_path_to_cert);
  if (!broker.tls_path_to_key.empty()) options.set_private_key(broker.tls_path_to_key);
  // No set_error_handler(): Paho C++ 1.2 keeps a pointer to a copy that ends with connect().
}

mqtt::will_options will_options(const Publication& will) {
  return {will.topic, will.payload.data(), will.payload.size(), kWillQos, will.retained};
}

mqtt::connect_options connect_options(const BrokerConfig& broker, const std::string& ip,
                                      const MqttTiming& timing) {
  mqtt::connect_options options;
  options.set_mqtt_version(MQTTVERSION_3_1_1);
  options.set_clean_session(true);
  options.set_automatic_reconnect(false);
  options.set_connect_timeout(timing.connect_timeout);
  options.set_keep_alive_interval(timing.keepalive);
  options.set_servers(mqtt::string_collection::create(paho_uri(broker, ip)));
  if (!broker.username.empty()) options.set_user_name(broker.username);
  if (broker.password) options.set_password(*broker.password);
  return options;
}

}  // namespace

/// Runs on Paho's threads, called from C without a catch: nothing throws, blocks or waits here.
class Link::Session final : public mqtt::iaction_listener {
 public:
  Session(const std::string& uri, const MqttIdentity& identity, std::shared_ptr<RawInbox> inbox)
      : inbox_(std::move(inbox)),
        will_(identity.will),
        unreleased_([this] { on_flood(); }),
        client_(uri, identity.client_id, create_options(), &unreleased_) {
    // Not set_callback(): it takes Paho's two locks in the opposite order of its callbacks.
    client_.set_connected_handler([this](const std::string&) { tell(LinkUp{}); });
    client_.set_connection_lost_handler([this](const std::string&) { tell(LinkLost{}); });
    client_.set_message_callback(
        [this](const mqtt::const_message_ptr& message) { on_message(*message); });
  }

  mqtt::async_client& client() { return client_; }
  void connect(const BrokerConfig& broker, const std::string& ip, const MqttTiming& timing) {
    place_ = place(ip, broker.port);
    mqtt::connect_options options = connect_options(broker, ip, timing);
    mqtt::ssl_options tls;
    set_tls(tls, broker);
    if (broker.tls_enabled) options.set_ssl(tls);
    mqtt::will_options will;
    if (will_) options.set_will(will = will_options(*will_));
    client_.connect(options, nullptr, *this);
  }

  void publish(const Publication& what) {
    client_.publish(what.topic, what.payload.data(), what.payload.size(), 0, what.retained, nullptr,
                    *this);
  }

  /// Bounded by Paho, and by our patience.
  void disconnect() try {
    if (client_.is_connected()) client_.disconnect(0)->wait_for(kDisconnectPatience);
  } catch (const std::exception&) {
    // The connection went first.
  }

  void on_success(const mqtt::token& token) override {
    if (token.get_type() == mqtt::token::SUBSCRIBE)
      tell([&] { return SubscriptionAnswer{(*token.get_topics())[0], true}; });
    else if (token.get_type() == mqtt::token::PUBLISH)
      tell(PublicationWritten{});
  }

  void on_failure(const mqtt::token& token) override {
    const int code = token.get_return_code();
    if (token.get_type() == mqtt::token::CONNECT)
      tell(ConnectFailed{code});
    else if (token.get_type() == mqtt::token::SUBSCRIBE && code == kSubscriptionRefused)
      tell([&] { return SubscriptionAnswer{(*token.get_topics())[0], false}; });
    else if (token.get_type() == mqtt::token::PUBLISH)
      tell(PublicationWritten{});
  }

 private:
  void on_message(const mqtt::message& message) {
    const mqtt::binary_ref& payload = message.get_payload_ref();
    if (payload.size() > kPayloadLimitBytes)
      return tell([&] { return MqttOversized{message.get_topic(), payload.size()}; });
    tell([&] {
      return MqttMessage{message.get_topic(), payload.empty() ? std::string() : payload.str(),
                         message.is_retained(), clock_now()};
    });
  }

  /// What Paho would still read before the loop hears of it is up to the broker: there is no more
  /// to be read from now on.
  void on_flood() noexcept {
    tell(Flooded{});
    try {
      shut_down_connections_to(place_);
    } catch (...) {
      // Out of memory; the loop ends the connection soon.
    }
  }

  template <typename What>
  void tell(const What& what) noexcept try {
    if constexpr (std::is_invocable_v<What>)
      inbox_->push(what());
    else
      inbox_->push(what);
  } catch (...) {
    // Out of memory: the message is lost, the process is not.
  }

  std::shared_ptr<RawInbox> inbox_;
  const std::optional<Publication> will_;
  std::string place_;  ///< of the broker; written before Paho is told to connect
  Unreleased unreleased_;
  mqtt::async_client client_;  // ends first: what it calls back into must still be there
};

/// Used by the worker's jobs only, but for the atomics.
struct Link::Client {
  std::unique_ptr<Session> session;  ///< null before it is made, or if it cannot be
  std::atomic<bool> is_made{false};
  std::atomic<unsigned> attempt{0};
};

namespace {

/// Of the process, as Paho's own state is.
std::atomic<int>& ending() {
  static std::atomic<int> count{0};
  return count;
}

}  // namespace

Link::Link(const BrokerConfig& broker, const MqttIdentity& identity,
           std::shared_ptr<RawInbox> inbox, std::unique_ptr<Link> before)
    : inbox_(std::move(inbox)),
      client_(std::make_shared<Client>()),
      worker_(std::make_unique<Worker>()) {
  worker_->post([client = client_, inbox = inbox_, identity,
                 uri = paho_uri(broker, bare_host(broker.address)),
                 before = std::shared_ptr<Link>(std::move(before))] {
    try {
      leave_openssl_alone();
      client->session = std::make_unique<Session>(uri, identity, inbox);
    } catch (const std::exception& error) {
      inbox->push(CallFailed{error.what()});
    }
    client->is_made = true;
    if (before) before->retire();
  });
}

bool Link::is_any_ending() {
  return ending() > 0;
}

Link::~Link() {
  if (worker_) retire();
}

std::future<void> Link::retire() {
  inbox_->close();
  auto promise = std::make_shared<std::promise<void>>();
  auto done = promise->get_future();
  ++ending();
  worker_->post([client = std::move(client_), promise] {
    if (client->session) client->session->disconnect();
    client->session.reset();
    --ending();
    promise->set_value_at_thread_exit();
  });
  worker_.reset();
  return done;
}

bool Link::is_made() const {
  return client_->is_made;
}

void Link::connect(const BrokerConfig& broker, const std::string& ip, const MqttTiming& timing) {
  worker_->post(
      [client = client_, inbox = inbox_, attempt = ++client_->attempt, broker, ip, timing] {
        if (!client->session || attempt != client->attempt) return;
        try {
          client->session->connect(broker, ip, timing);
          std::this_thread::sleep_for(kUntilNudge);
          nudge_receiver();
        } catch (const std::exception& error) {
          inbox->push(CallFailed{error.what()});
        }
      });
}

void Link::forget_attempt() {
  ++client_->attempt;
}

/// What Paho refuses here it refuses because the connection is gone: LinkLost is on its way, and
/// everything is subscribed anew after the next connect.
template <typename Call>
void Link::tell_broker(const char* what, Call call) {
  worker_->post([client = client_, what, call = std::move(call)] {
    if (!client->session) return;
    try {
      call(*client->session);
    } catch (const std::exception& error) {
      spdlog::debug("MQTT {}: {}", what, error.what());
    }
  });
}

void Link::subscribe(const std::string& filter) {
  tell_broker("subscribe", [filter](Session& session) {
    session.client().subscribe(filter, 0, nullptr, session);
  });
}

void Link::unsubscribe(const std::string& filter) {
  tell_broker("unsubscribe", [filter](Session& session) { session.client().unsubscribe(filter); });
}

void Link::publish(const Publication& what) {
  worker_->post([client = client_, inbox = inbox_, what] {
    try {
      if (client->session) return client->session->publish(what);
    } catch (const std::exception& error) {
      spdlog::debug("MQTT publish: {}", error.what());
    }
    inbox->push(PublicationWritten{});
  });
}

}  // namespace dmb
