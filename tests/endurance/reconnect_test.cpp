// SPDX-License-Identifier: MIT
// Connections lost one after another, with shorter waits than the program has: a thousand real ones
// would take most of a day.
#include "../support/sanitized.h"
#include "mqtt/mqtt_source.h"
#include "runtime/loop.h"
#include "runtime/unique_fd.h"

#include <gtest/gtest.h>
#include <systemd/sd-event.h>

#include <arpa/inet.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

/// The address sanitizer keeps what was freed; only little of it here, so that growth shows.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
  return "quarantine_size_mb=1:thread_local_quarantine_size_kb=64";
}

namespace dmb::test {
namespace {

using namespace std::chrono_literals;

/// Greets every client and then closes its connection.
class ShortTemperedBroker {
 public:
  ShortTemperedBroker() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.get(), raw, size) != 0 || ::listen(listener_.get(), 50) != 0 ||
        ::getsockname(listener_.get(), raw, &size) != 0)
      throw std::runtime_error("cannot listen");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~ShortTemperedBroker() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }

  std::uint16_t port() const { return port_; }

 private:
  void serve() const {
    for (;;) {
      const UniqueFd client(::accept(listener_.get(), nullptr, nullptr));
      if (!client) return;
      constexpr std::string_view kConnack("\x20\x02\x00\x00", 4);
      std::array<char, 512> buffer{};
      if (::recv(client.get(), buffer.data(), buffer.size(), 0) > 0)
        ::send(client.get(), kConnack.data(), kConnack.size(), MSG_NOSIGNAL);
    }
  }

  UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

long private_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("RssAnon:")) return std::stol(line.substr(8));
  return -1;
}

long descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return std::distance(begin(all), end(all));
}

unsigned long wanted() {
  const char* number = std::getenv("DMB_ENDURANCE_RECONNECTS");
  return number ? std::stoul(number) : 20;
}

// The sanitizers keep books of their own.
constexpr long kAllowedKib = test::kSanitized ? 16 * 1024 : 256;

class Reconnects : public testing::Test {
 protected:
  Reconnects() {
    BrokerConfig config;
    config.address = "127.0.0.1";
    config.port = broker_.port();
    MqttTiming timing;
    timing.first_retry = timing.longest_retry = 1ms;
    source_ = std::make_unique<MqttSource>(
        loop_, config, "endurance", MqttInterest{{"t/#"}, {"portal"}},
        [this](std::span<MqttEvent> events) {
          for (const MqttEvent& event : events) {
            if (std::holds_alternative<MqttDown>(event)) ++downs_;
            if (std::holds_alternative<MqttUp>(event)) ++ups_;
          }
        },
        timing);
  }

  void run_until(unsigned long downs) {
    auto last = std::chrono::steady_clock::now();
    for (unsigned long seen = downs_; downs_ < downs;) {
      sd_event_run(loop_.native(), 100'000);
      if (downs_ != seen) last = std::chrono::steady_clock::now();
      seen = downs_;
      ASSERT_LT(std::chrono::steady_clock::now() - last, 60s) << "stuck after " << downs_;
    }
  }

  ShortTemperedBroker broker_;
  Loop loop_;
  std::unique_ptr<MqttSource> source_;
  unsigned long downs_ = 0;
  unsigned long ups_ = 0;
};

TEST_F(Reconnects, CostNeitherMemoryNorDescriptors) {
  constexpr unsigned long kWarmUp = 8;
  run_until(kWarmUp);
  const long memory_kib = private_kib();
  const long open = descriptors();
  run_until(kWarmUp + wanted());
  std::cout << "ENDURANCE " << wanted() << " lost connections: memory "
            << private_kib() - memory_kib << " KiB, descriptors " << descriptors() - open
            << ", connected " << ups_ << " times\n";
  EXPECT_LT(private_kib() - memory_kib, kAllowedKib);
  EXPECT_LE(descriptors() - open, 2);  // one attempt and its diagnosis may be under way
  EXPECT_GT(ups_, 0U);
}

}  // namespace
}  // namespace dmb::test
