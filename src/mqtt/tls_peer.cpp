// SPDX-License-Identifier: MIT
#include "tls_peer.h"

#include "address.h"
#include "sockets.h"
#include "tls_files.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

namespace dmb {
namespace {

/// No certificate is for it.
constexpr const char* kNobody = "nobody.invalid";

/// A home-made certificate often has the broker's address where a name belongs. The library's own
/// check took it, and so do we.
int take_address_for_name(int accepted, X509_STORE_CTX* context) {
  if (accepted != 0 || X509_STORE_CTX_get_error(context) != X509_V_ERR_IP_ADDRESS_MISMATCH)
    return accepted;
  char* address = X509_VERIFY_PARAM_get1_ip_asc(X509_STORE_CTX_get0_param(context));
  X509* certificate = X509_STORE_CTX_get0_cert(context);
  const bool named = address != nullptr && certificate != nullptr &&
                     X509_check_host(certificate, address, 0, 0, nullptr) == 1;
  OPENSSL_free(address);
  if (named) X509_STORE_CTX_set_error(context, X509_V_OK);
  return named ? 1 : 0;
}

}  // namespace

void TlsPeer::Free::operator()(x509_store_st* store) const {
  X509_STORE_free(store);
}

TlsPeer::Made TlsPeer::make(const BrokerConfig& broker) {
  auto peer = std::make_shared<TlsPeer>();
  peer->host_ = bare_host(broker.address);
  peer->is_address_ = is_ip(peer->host_);
  peer->verify_chain_ = verifies_chain(broker);
  peer->verify_host_ = !broker.tls_insecure;
  peer->authorities_file_ = ca_file(broker);
  ERR_clear_error();
  peer->authorities_.reset(X509_STORE_new());
  if (!peer->authorities_)
    return Failure{BrokerTrouble::internal, "no memory for the certificates of authorities"};
  const std::string& file = peer->authorities_file_;
  if (peer->verify_chain_ &&
      X509_STORE_load_locations(peer->authorities_.get(), file.c_str(), nullptr) != 1)
    return unusable_file("tls_path_to_ca", file);
  return peer;
}

bool TlsPeer::demands_as(const TlsPeer& other) const {
  return host_ == other.host_ && verify_chain_ == other.verify_chain_ &&
         verify_host_ == other.verify_host_ && authorities_file_ == other.authorities_file_;
}

int TlsPeer::demand_host(ssl_st* ssl) const {
  return is_address_ ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host_.c_str())
                     : SSL_set1_host(ssl, host_.c_str());
}

void TlsPeer::demand_of(ssl_st* ssl) const {
  const char* name = is_address_ ? nullptr : host_.c_str();  // an address is no server name
  SSL_set_tlsext_host_name(ssl, name);
  if (!verify_chain_) return SSL_set_verify(ssl, SSL_VERIFY_NONE, nullptr);
  const int ready = verify_host_ ? demand_host(ssl) : 1;
  SSL_set_verify(ssl, SSL_VERIFY_PEER, is_address_ ? take_address_for_name : nullptr);
  // What cannot be compared must not be trusted.
  if (ready == 1) SSL_set1_verify_cert_store(ssl, authorities_.get());
}

namespace {

/// All that is expected now; of the process, as OpenSSL's call is.
class Expected {
 public:
  using Peer = std::shared_ptr<const TlsPeer>;

  static Expected& all() {
    static Expected everything;
    return everything;
  }

  void add(const std::string& where, const Peer& peer) {
    const std::lock_guard lock(mutex_);
    list_.emplace_back(where, peer);
  }

  void remove(const std::string& where, const Peer& peer) {
    const std::lock_guard lock(mutex_);
    const auto found = std::find(list_.begin(), list_.end(), std::pair(where, peer));
    if (found != list_.end()) list_.erase(found);
  }

  std::vector<Peer> at(const std::string& where) {
    const std::lock_guard lock(mutex_);
    std::vector<Peer> found;
    for (const auto& [there, peer] : list_)
      if (there == where) found.push_back(peer);
    return found;
  }

 private:
  std::mutex mutex_;
  std::vector<std::pair<std::string, Peer>> list_;
};

void refuse(SSL* ssl) {
  SSL_set1_host(ssl, kNobody);
  SSL_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
}

/// On whatever thread makes the connection, Paho's for one.
void on_info(const SSL* ssl, int where, int) noexcept {
  if ((where & SSL_CB_HANDSHAKE_START) == 0) return;
  auto* const own = const_cast<SSL*>(ssl);  // OpenSSL's own, and not const
  try {
    const auto peers = Expected::all().at(peer_of(SSL_get_fd(ssl)));
    if (peers.empty()) return;
    for (const auto& peer : peers)
      // Nobody knows whose this is.
      if (!peer->demands_as(*peers.front())) return refuse(own);
    peers.front()->demand_of(own);
  } catch (...) {
    refuse(own);
  }
}

void on_new_ssl(void* ssl, void*, CRYPTO_EX_DATA*, int, long, void*) {
  SSL_set_info_callback(static_cast<SSL*>(ssl), on_info);
}

/// OpenSSL calls on_new_ssl for each connection it makes from now on.
void watch_openssl() {
  static const int kIndex = SSL_get_ex_new_index(0, nullptr, on_new_ssl, nullptr, nullptr);
  static_cast<void>(kIndex);
}

}  // namespace

TlsExpectation::TlsExpectation(const std::string& ip, std::uint16_t port,
                               std::shared_ptr<const TlsPeer> peer)
    : where_(place(ip, port)), peer_(std::move(peer)) {
  watch_openssl();
  Expected::all().add(where_, peer_);
}

TlsExpectation::~TlsExpectation() {
  Expected::all().remove(where_, peer_);
}

}  // namespace dmb
