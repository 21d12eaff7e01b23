// SPDX-License-Identifier: MIT
#include "sockets.h"

#include <netdb.h>
#include <sys/socket.h>

#include <charconv>
#include <filesystem>
#include <system_error>

namespace dmb {

std::string place(const std::string& ip, std::uint16_t port) {
  return ip + " " + std::to_string(port);
}

std::string peer_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (getpeername(fd, generic, &size) != 0) return {};
  if (address.ss_family != AF_INET && address.ss_family != AF_INET6) return {};
  char ip[NI_MAXHOST] = "";
  char port[NI_MAXSERV] = "";
  if (getnameinfo(generic, size, ip, sizeof ip, port, sizeof port,
                  NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    return {};
  return std::string(ip) + " " + port;
}

void shut_down_connections_to(const std::string& place) {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", none)) {
    const std::string number = entry.path().filename().string();
    int fd = -1;
    std::from_chars(number.data(), number.data() + number.size(), fd);
    if (peer_of(fd) == place) shutdown(fd, SHUT_RDWR);
  }
}

}  // namespace dmb
