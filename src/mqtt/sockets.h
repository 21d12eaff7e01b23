// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace dmb {

/// The other end of a connection as one word: the numeric address and the port.
std::string place(const std::string& ip, std::uint16_t port);

/// Whom the socket `fd` is connected to, as place() says it; "" if nobody.
std::string peer_of(int fd);

/// Ends this process's connections to there at once. Whoever reads them finds that they have ended;
/// for a connection whose descriptor is somebody else's.
void shut_down_connections_to(const std::string& place);

}  // namespace dmb
