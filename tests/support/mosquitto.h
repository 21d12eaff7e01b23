// SPDX-License-Identifier: MIT
#pragma once

#include "certificates.h"
#include "child.h"

#include <cstdint>
#include <optional>
#include <string>

namespace dmb::test {

/// A loopback port nobody listens on at the moment.
std::uint16_t free_port();

struct MosquittoOptions {
  std::string username;  ///< empty: anonymous clients are welcome
  std::string password;
  std::optional<KeyPair> tls;
  std::string client_ca;  ///< not empty: a client certificate signed by it is required
};

/// A real broker on a free loopback port, one per test.
class Mosquitto {
 public:
  explicit Mosquitto(MosquittoOptions options = {});

  std::uint16_t port() const { return port_; }
  /// Starts it and waits until it answers; on the same port every time.
  void start();
  /// Ends it without a farewell to its clients.
  void kill();
  /// It keeps its connections and answers nothing.
  void suspend() const;
  void resume() const;

  std::string log() const;

  struct Publication {
    std::string topic;
    std::string payload;  ///< empty: a zero-length payload
    bool retain = false;
  };
  void publish(const Publication& what) const;
  /// One publication per line, by one client: their order is certain.
  void publish_lines(const std::string& topic, const std::string& lines) const;

 private:
  void write_config() const;
  std::vector<std::string> client(const std::string& program) const;
  std::string file(const std::string& name) const { return (dir_.path() / name).string(); }

  const MosquittoOptions options_;
  TempDir dir_;
  std::uint16_t port_;
  Child child_;
};

/// mosquitto_sub: a client of its own, which writes down what it sees as "topic|payload".
class Watcher {
 public:
  Watcher(const Mosquitto& broker, const std::string& filter);
  /// Lines so far, without those about retained messages.
  std::vector<std::string> lines() const;

 private:
  TempDir dir_;
  Child child_;
};

}  // namespace dmb::test
