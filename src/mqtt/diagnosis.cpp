// SPDX-License-Identifier: MIT
#include "diagnosis.h"

#include "address.h"
#include "runtime/unique_fd.h"
#include "tls_check.h"

#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

namespace dmb {
namespace {

constexpr int kPatienceSeconds = 3;

/// A socket whose calls, connect() included, give up after the patience.
UniqueFd make_socket(int family) {
  UniqueFd fd(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval patience{kPatienceSeconds, 0};
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  return fd;
}

/// errno of the failure, or 0 and the connected socket in `out`.
int connect_tcp(const std::string& ip, std::uint16_t port, UniqueFd& out) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (getaddrinfo(ip.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return EINVAL;
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(found, freeaddrinfo);
  out = make_socket(list->ai_family);
  if (!out) return errno;
  return ::connect(out.get(), list->ai_addr, list->ai_addrlen) == 0 ? 0 : errno;
}

Failure tcp_failure(int error, const BrokerConfig& broker) {
  const std::string where = host_and_port(broker);
  switch (error) {
    case ECONNREFUSED:
      return {BrokerTrouble::refused,
              "connection refused: is the broker running at " + where + "?"};
    case EINPROGRESS:
    case EAGAIN:
    case ETIMEDOUT:
      return no_answer(broker, std::chrono::seconds(kPatienceSeconds));
    default:
      return {BrokerTrouble::unreachable, "no way to " + where + " (" +
                                              std::generic_category().message(error) +
                                              "): check broker_address and the network"};
  }
}

/// A write to a connection the peer has closed must fail, not end the process.
void block_sigpipe() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

Diagnosed tls_failure(int fd, const BrokerConfig& broker, const TlsPeer& peer) {
  if (auto problem = tls_problem(fd, broker, peer)) return {std::move(*problem)};
  return {{BrokerTrouble::no_broker, "the broker closed the connection without an answer"}, true};
}

}  // namespace

Failure connack_failure(int code, const BrokerConfig& broker) {
  switch (code) {
    case 1:
      return {BrokerTrouble::rejected, "the broker does not speak MQTT 3.1.1"};
    case 2:
      return {BrokerTrouble::client_id, "the broker refuses the client id"};
    case 3:
      return {BrokerTrouble::rejected, "the broker is not available yet"};
    case 4:
    case 5:
      if (broker.username.empty())
        return {BrokerTrouble::login,
                "wrong user name or password: the broker wants them, set username and password"};
      return {BrokerTrouble::login,
              "wrong user name or password: check username and password, and what the broker "
              "allows this user"};
    default:
      return {BrokerTrouble::rejected,
              "the broker refuses the connection (code " + std::to_string(code) + ")"};
  }
}

Failure no_answer(const BrokerConfig& broker, std::chrono::seconds waited) {
  return {BrokerTrouble::no_answer, "no answer within " + std::to_string(waited.count()) +
                                        " s from " + host_and_port(broker) +
                                        ": check broker_address, broker_port and the network"};
}

Diagnosed diagnose(const BrokerConfig& broker, const std::string& ip, const TlsPeer* peer) {
  block_sigpipe();
  UniqueFd fd;
  if (const int error = connect_tcp(ip, broker.port, fd)) return {tcp_failure(error, broker)};
  if (peer) return tls_failure(fd.get(), broker, *peer);
  return {{BrokerTrouble::no_broker,
           "the broker closed the connection without an answer: check broker_port, and tls_enabled "
           "if the broker wants TLS"},
          true};
}

}  // namespace dmb
