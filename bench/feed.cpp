// SPDX-License-Identifier: MIT
#include "feed.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace dmb::bench {

namespace {

// Packet types of MQTT 3.1.1, chapter 2.2.1, in the upper four bits.
constexpr char kConnect = 0x10;
constexpr char kPublish = 0x30;

std::string text_field(std::string_view text) {
  const auto size = text.size();
  return std::string{static_cast<char>(size >> 8), static_cast<char>(size & 0xFF)}.append(text);
}

/// Chapter 2.2.3: seven bits a byte, lowest first.
std::string packet(char type, std::string_view head, std::string_view body) {
  std::string result(1, type);
  auto length = head.size() + body.size();
  do {
    const auto digit = static_cast<unsigned char>(length % 128);
    length /= 128;
    result.push_back(static_cast<char>(length > 0 ? digit | 0x80 : digit));
  } while (length > 0);
  return result.append(head).append(body);
}

}  // namespace

Feed::Feed(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("no broker on port " + std::to_string(port));
  }
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);

  // Protocol level 4, clean session, no keepalive.
  const std::string head = text_field("MQTT") + std::string("\x04\x02\x00\x00", 4);
  send_all(packet(kConnect, head, text_field("bench-" + std::to_string(::getpid()))));
  std::string answer(4, '\0');
  if (::recv(socket_, answer.data(), answer.size(), MSG_WAITALL) != 4 || answer[3] != 0) {
    throw std::runtime_error("the broker refused the connection");
  }
}

Feed::~Feed() {
  ::close(socket_);
}

void Feed::publish(std::string_view topic, std::string_view payload) {
  send_all(publication(topic, payload));
}

std::string Feed::publication(std::string_view topic, std::string_view payload) {
  return packet(kPublish, text_field(topic), payload);
}

void Feed::send_all(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) throw std::runtime_error("the broker closed the connection");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace dmb::bench
