// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"
#include "raw_event.h"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

struct ssl_st;
struct x509_store_st;

namespace dmb {

/// Whom a TLS connection must reach: the name or address that the certificate must be for, and the
/// authorities that may have signed it. With tls_insecure the name is only told, and of the
/// authorities only a configured one is demanded.
class TlsPeer {
 public:
  using Made = std::variant<std::shared_ptr<const TlsPeer>, Failure>;

  /// Reads the authorities' file: not for the loop's thread.
  static Made make(const BrokerConfig& broker);

  bool demands_as(const TlsPeer& other) const;

  /// Makes `ssl` refuse everybody else. Before its handshake.
  void demand_of(ssl_st* ssl) const;

 private:
  /// 1: the certificate has to be for the host.
  int demand_host(ssl_st* ssl) const;

  struct Free {
    void operator()(x509_store_st* store) const;
  };

  std::string host_;
  bool is_address_ = false;
  bool verify_chain_ = true;
  bool verify_host_ = true;
  std::string authorities_file_;
  std::unique_ptr<x509_store_st, Free> authorities_;
};

/// As long as it lives, a TLS connection of this process to `ip` and `port` must reach `peer`.
///
/// Paho is told an address and no name, so that it looks none up, and could neither tell the broker
/// the name nor compare the certificate with it. OpenSSL calls us as each handshake begins, whoever
/// began it, and we put both in. Paho itself trusts no authority at all (link.cpp): a connection
/// that we did not see, or nobody expects any more, is refused.
class TlsExpectation {
 public:
  TlsExpectation(const std::string& ip, std::uint16_t port, std::shared_ptr<const TlsPeer> peer);
  ~TlsExpectation();
  TlsExpectation(const TlsExpectation&) = delete;
  TlsExpectation& operator=(const TlsExpectation&) = delete;

 private:
  std::string where_;
  std::shared_ptr<const TlsPeer> peer_;
};

}  // namespace dmb
