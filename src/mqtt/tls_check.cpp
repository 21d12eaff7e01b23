// SPDX-License-Identifier: MIT
#include "tls_check.h"

#include "address.h"
#include "dmb/codec/text.h"
#include "tls_files.h"
#include "tls_peer.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>

namespace dmb {
namespace {

struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using Context = std::unique_ptr<SSL_CTX, Free>;
using Ssl = std::unique_ptr<SSL, Free>;

std::optional<Failure> load_files(SSL_CTX* context, const BrokerConfig& broker) {
  const std::string& cert = broker.tls_path_to_cert;
  if (cert.empty()) return std::nullopt;
  if (SSL_CTX_use_certificate_chain_file(context, cert.c_str()) != 1)
    return unusable_file("tls_path_to_cert", cert);
  const std::string& key = broker.tls_path_to_key.empty() ? cert : broker.tls_path_to_key;
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
    return unusable_file("tls_path_to_key", key);
  return std::nullopt;
}

Ssl make_ssl(SSL_CTX* context, int fd, const TlsPeer& peer) {
  Ssl ssl(SSL_new(context));
  if (!ssl) return ssl;
  SSL_set_info_callback(ssl.get(), nullptr);  // not one of Paho's: see TlsExpectation
  peer.demand_of(ssl.get());
  SSL_set_fd(ssl.get(), fd);
  return ssl;
}

std::string certificate_words(long verdict, const BrokerConfig& broker) {
  const std::string words = X509_verify_cert_error_string(verdict);
  switch (verdict) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "server certificate is for another host name, not for " +
             printable(bare_host(broker.address)) +
             ": set broker_address to the name in the certificate";
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "server certificate not trusted: " + words +
             ": check its dates and this device's clock";
    default:
      return "server certificate not trusted: " + words + ": check tls_path_to_ca";
  }
}

/// Whether the broker's alert is about our certificate, or that there is none.
bool is_about_our_certificate(int reason) {
  constexpr std::array kReasons = {SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED,
                                   SSL_R_SSLV3_ALERT_BAD_CERTIFICATE,
                                   SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE,
                                   SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED,
                                   SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED,
                                   SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN,
                                   SSL_R_TLSV1_ALERT_UNKNOWN_CA,
                                   SSL_R_TLSV1_ALERT_ACCESS_DENIED,
                                   SSL_R_SSLV3_ALERT_NO_CERTIFICATE};
  for (const int known : kReasons)
    if (reason == known) return true;
  return false;
}

std::optional<Failure> alert_failure(const BrokerConfig& broker) {
  if (!is_about_our_certificate(ERR_GET_REASON(ERR_peek_error()))) return std::nullopt;
  if (broker.tls_path_to_cert.empty())
    return Failure{BrokerTrouble::client_certificate,
                   "the broker wants a client certificate: set tls_path_to_cert and "
                   "tls_path_to_key"};
  return Failure{BrokerTrouble::client_certificate,
                 "the broker refuses the client certificate (" + openssl_words() +
                     "): check tls_path_to_cert and tls_path_to_key"};
}

bool is_outdated() {
  const int reason = ERR_GET_REASON(ERR_peek_error());
  return reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION ||
         reason == SSL_R_UNSUPPORTED_SSL_VERSION;
}

bool is_no_tls(SSL* ssl) {
  const int reason = ERR_GET_REASON(ERR_peek_error());
  return reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_PACKET_LENGTH_TOO_LONG ||
         reason == SSL_R_HTTP_REQUEST || BIO_number_read(SSL_get_rbio(ssl)) == 0;
}

Failure handshake_failure(SSL* ssl, int result, const BrokerConfig& broker) {
  const int error = SSL_get_error(ssl, result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
    return {BrokerTrouble::tls,
            "no TLS answer from " + host_and_port(broker) + ": check broker_port and tls_enabled"};
  if (const long verdict = SSL_get_verify_result(ssl);
      verdict != X509_V_OK && verifies_chain(broker))
    return {BrokerTrouble::certificate, certificate_words(verdict, broker)};
  if (auto failure = alert_failure(broker)) return *failure;
  if (is_outdated())
    return {BrokerTrouble::tls,
            "the broker offers only an outdated TLS version: update the broker, 1.2 is the least"};
  if (is_no_tls(ssl))
    return {BrokerTrouble::tls, "broker speaks no TLS on port " + std::to_string(broker.port) +
                                    ": check broker_port and tls_enabled"};
  return {BrokerTrouble::tls, "TLS handshake failed: " + openssl_words()};
}

/// In TLS 1.3 a broker refuses our certificate only after the handshake: its alert is the first
/// thing to read. A broker content with us says nothing before we do.
std::optional<Failure> late_alert(SSL* ssl, const BrokerConfig& broker) {
  char byte = 0;
  ERR_clear_error();
  if (SSL_read(ssl, &byte, 1) > 0) return std::nullopt;
  return alert_failure(broker);
}

}  // namespace

std::optional<Failure> tls_problem(int fd, const BrokerConfig& broker, const TlsPeer& peer) {
  ERR_clear_error();
  const Context context(SSL_CTX_new(TLS_client_method()));
  if (!context) return Failure{BrokerTrouble::tls, "TLS is not usable: " + openssl_words()};
  SSL_CTX_set_security_level(context.get(), 1);  // as Paho does
  // What that level rules out anyway, by the signatures of older versions; so it has a name.
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // Never ask for a pass phrase on the terminal.
  SSL_CTX_set_default_passwd_cb(context.get(), [](char*, int, int, void*) { return 0; });
  if (auto problem = load_files(context.get(), broker)) return problem;
  const Ssl ssl = make_ssl(context.get(), fd, peer);
  if (!ssl) return Failure{BrokerTrouble::tls, "TLS is not usable: " + openssl_words()};
  ERR_clear_error();
  const int result = SSL_connect(ssl.get());
  if (result != 1) return handshake_failure(ssl.get(), result, broker);
  return late_alert(ssl.get(), broker);
}

}  // namespace dmb
