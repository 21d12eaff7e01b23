// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dmb::bench {

/// A connection to a broker on this machine that can only publish, with QoS 0. Unlike Paho's it
/// switches Nagle's algorithm off: on a connection where nothing comes back, that algorithm holds
/// every other message for up to 40 ms, which would be measured as the service's latency.
class Feed {
 public:
  /// Throws std::runtime_error when the broker does not accept.
  explicit Feed(std::uint16_t port);
  ~Feed();
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  void publish(std::string_view topic, std::string_view payload);
  /// Publications made beforehand, one behind the other.
  void send_all(std::string_view bytes) const;
  /// One publication as it goes over the wire.
  static std::string publication(std::string_view topic, std::string_view payload);

 private:
  int socket_;
};

}  // namespace dmb::bench
