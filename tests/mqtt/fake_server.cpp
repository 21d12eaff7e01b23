// SPDX-License-Identifier: MIT
#include "fake_server.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace dmb::test {

SilentServer::SilentServer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      listen(listener_.get(), 16) != 0 ||
      getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("cannot listen");
  port_ = ntohs(address.sin_port);
}

ScriptedServer::ScriptedServer(std::vector<std::string> answers) : answers_(std::move(answers)) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
  stop_read_.reset(ends[0]);
  stop_write_.reset(ends[1]);
  thread_ = std::thread([this] { serve(); });
}

ScriptedServer::~ScriptedServer() {
  stop_write_.reset();
  thread_.join();
}

void ScriptedServer::serve() const {
  const auto wait_for = [this](int fd) {
    std::array<pollfd, 2> fds{pollfd{fd, POLLIN, 0}, pollfd{stop_read_.get(), POLLIN, 0}};
    poll(fds.data(), fds.size(), -1);
    return fds[1].revents == 0;
  };
  if (!wait_for(listener_.get())) return;
  const UniqueFd client(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  std::array<char, 1024> packet{};
  for (const std::string& answer : answers_) {
    if (!wait_for(client.get())) return;
    if (read(client.get(), packet.data(), packet.size()) <= 0) return;
    if (write(client.get(), answer.data(), answer.size()) < 0) return;
  }
  wait_for(stop_read_.get());
}

}  // namespace dmb::test
