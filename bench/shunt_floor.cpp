// SPDX-License-Identifier: MIT
// The least that any aggregator with this library has to do: receive a shunt's ItemsChanged, emit
// one of its own. No items are kept, nothing is added up, nothing compared; the texts are constant.
// Only the number of the update is copied, so that the probe can tell them apart.
//
// Usage: bench_shunt_floor SERVICE SHUNT_PREFIX SHUNTS ITEMS INTERVAL_MS [read]
// With "read" it also reads every value of what it receives, as any program that adds up must.
#include "shunt_bus.h"

#include <systemd/sd-bus.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>

namespace dmb::bench {
namespace {

constexpr auto kDaemon = "org.freedesktop.DBus";
constexpr double kStepA = -0.1;  // as shunt_bank.h has it
constexpr std::array kPaths{"/Dc/0/Current",     "/Dc/0/Voltage", "/Dc/0/Power", "/Soc",
                            "/ConsumedAmphours", "/Capacity",     "/TimeToGo",   "/UpdateIndex"};

struct Options {
  const char* service;
  std::string prefix;
  int shunts;
  std::size_t items;
  std::chrono::milliseconds interval;
  bool read;
};

void append_variant(sd_bus_message* message, const char* key, const char* type, const void* value) {
  checked(sd_bus_message_open_container(message, 'e', "sv"), "write property");
  checked(sd_bus_message_append_basic(message, 's', key), "write key");
  checked(sd_bus_message_open_container(message, 'v', type), "write value");
  checked(sd_bus_message_append_basic(message, *type, value), "write value");
  checked(sd_bus_message_close_container(message), "write value");
  checked(sd_bus_message_close_container(message), "write property");
}

void append_item(sd_bus_message* message, const char* path, double value) {
  checked(sd_bus_message_open_container(message, 'e', "sa{sv}"), "write item");
  checked(sd_bus_message_append_basic(message, 's', path), "write path");
  checked(sd_bus_message_open_container(message, 'a', "{sv}"), "write item");
  append_variant(message, "Value", "d", &value);
  append_variant(message, "Text", "s", "-123.4A");
  checked(sd_bus_message_close_container(message), "write item");
  checked(sd_bus_message_close_container(message), "write item");
}

double read_values(sd_bus_message* message) {
  double sum = 0;
  sd_bus_message_enter_container(message, 'a', "{sv}");
  while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
    const char* key = nullptr;
    double value = 0;
    sd_bus_message_read_basic(message, 's', &key);
    if (std::strcmp(key, "Value") == 0 && sd_bus_message_read(message, "v", "d", &value) > 0) {
      sum += value;
    } else {
      sd_bus_message_skip(message, "v");
    }
    sd_bus_message_exit_container(message);
  }
  sd_bus_message_exit_container(message);
  return sum;
}

/// Update number: the value of the first item.
int read_marker(sd_bus_message* message) {
  int marker = 0;
  sd_bus_message_enter_container(message, 'a', "{sa{sv}}");
  sd_bus_message_enter_container(message, 'e', "sa{sv}");
  sd_bus_message_skip(message, "s");
  sd_bus_message_enter_container(message, 'a', "{sv}");
  sd_bus_message_enter_container(message, 'e', "sv");
  sd_bus_message_skip(message, "s");
  checked(sd_bus_message_read(message, "v", "i", &marker), "read the update's number");
  sd_bus_message_exit_container(message);
  return marker;
}

double read_rest(sd_bus_message* message) {
  double sum = 0;
  sd_bus_message_skip(message, "{sv}");
  sd_bus_message_exit_container(message);
  sd_bus_message_exit_container(message);
  while (sd_bus_message_enter_container(message, 'e', "sa{sv}") > 0) {
    const char* path = nullptr;
    sd_bus_message_read_basic(message, 's', &path);
    sum += read_values(message);
    sd_bus_message_exit_container(message);
  }
  return sum;
}

class Floor {
 public:
  explicit Floor(const Options& options) : options_(options), bus_(open_bus()) {
    checked(sd_bus_add_filter(bus_, nullptr, &Floor::on_message, this), "add filter");
    for (int shunt = 0; shunt < options.shunts; ++shunt) subscribe(shunt);
    checked(sd_bus_request_name(bus_, options.service, 0), "request name");
  }

  [[noreturn]] void run() {
    while (true) {
      drain(bus_);
      if (waiting_ && Clock::now() >= due_) emit(*waiting_);
      checked(sd_bus_wait(bus_, until_due_usec()), "wait for the bus");
    }
  }

 private:
  /// As an aggregator listens: to each shunt, and to nobody else.
  void subscribe(int shunt) {
    std::array<char, 16> number{};
    std::snprintf(number.data(), number.size(), "%03d", shunt);
    const std::string rule = "type='signal',sender='" + options_.prefix + number.data() +
                             "',interface='" + kBusItem + "'";
    checked(sd_bus_call_method(bus_, kDaemon, "/org/freedesktop/DBus", kDaemon, "AddMatch", nullptr,
                               nullptr, "s", rule.c_str()),
            "subscribe");
  }

  static int on_message(sd_bus_message* message, void* self, sd_bus_error*) noexcept {
    if (sd_bus_message_is_signal(message, kBusItem, "ItemsChanged") <= 0) return 0;
    static_cast<Floor*>(self)->take(message);
    return 1;
  }

  void take(sd_bus_message* message) {
    const int marker = read_marker(message);
    if (options_.read) sum_ += read_rest(message);
    waiting_ = marker;
    if (options_.interval.count() == 0 || Clock::now() >= due_) emit(marker);
  }

  void emit(int marker) {
    sd_bus_message* message = nullptr;
    checked(sd_bus_message_new_signal(bus_, &message, "/", kBusItem, "ItemsChanged"), "new signal");
    checked(sd_bus_message_open_container(message, 'a', "{sa{sv}}"), "write items");
    for (std::size_t i = 0; i < options_.items; ++i) {
      append_item(message, kPaths[i], i == 0 ? kStepA * marker : 52.01);
    }
    checked(sd_bus_message_close_container(message), "write items");
    checked(sd_bus_send(bus_, message, nullptr), "send");
    sd_bus_message_unref(message);
    waiting_.reset();
    due_ = Clock::now() + options_.interval;
  }

  std::uint64_t until_due_usec() const {
    if (!waiting_) return UINT64_MAX;
    const auto left = std::chrono::ceil<std::chrono::microseconds>(due_ - Clock::now()).count();
    return left < 0 ? 0 : static_cast<std::uint64_t>(left);
  }

  Options options_;
  sd_bus* bus_;  // until the program ends
  std::optional<int> waiting_;
  Clock::time_point due_;
  double sum_ = 0;
};

}  // namespace
}  // namespace dmb::bench

int main(int argc, char** argv) {
  if (argc < 6) {
    std::cerr << "Usage: bench_shunt_floor SERVICE SHUNT_PREFIX SHUNTS ITEMS INTERVAL_MS [read]\n";
    return 2;
  }
  try {
    const auto items = static_cast<std::size_t>(std::stoul(argv[4]));
    if (items > dmb::bench::kPaths.size()) throw std::runtime_error("too many items");
    dmb::bench::Floor({argv[1], argv[2], std::stoi(argv[3]), items,
                       std::chrono::milliseconds(std::stoi(argv[5])), argc > 6})
        .run();
  } catch (const std::exception& error) {
    std::cerr << "bench_shunt_floor: " << error.what() << '\n';
    return 1;
  }
}
