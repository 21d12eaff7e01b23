// SPDX-License-Identifier: MIT
// The least that any program with these libraries has to do: receive one MQTT message, emit one
// ItemsChanged of the size a full battery message causes. No parsing, no items, no change
// detection; the texts are constant. Only the marker is copied, so that the probe can tell messages
// apart.
//
// Usage: bench_floor PORT TOPIC SERVICE [hand-over]
// By default the signal is sent from Paho's own thread. With "hand-over" the message first goes to
// an event loop on the main thread, as every program with one thread of logic has to do it.
#include <mqtt/async_client.h>
#include <systemd/sd-bus.h>

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

constexpr auto kInterface = "com.victronenergy.BusItem";

void check(int result) {
  if (result < 0) throw std::runtime_error(std::strerror(-result));
}

std::vector<std::string> item_paths() {
  std::vector<std::string> paths = {"/Dc/0/Power",
                                    "/Dc/0/Voltage",
                                    "/Dc/0/Current",
                                    "/Dc/0/Temperature",
                                    "/Soc",
                                    "/ConsumedAmphours",
                                    "/Capacity",
                                    "/UpdateIndex",
                                    "/Voltages/Sum",
                                    "/System/MinCellVoltage",
                                    "/System/MaxCellVoltage"};
  for (int cell = 1; cell <= 24; ++cell) paths.push_back("/Voltages/Cell" + std::to_string(cell));
  return paths;
}

void open(sd_bus_message* message, char type, const char* contents) {
  check(sd_bus_message_open_container(message, type, contents));
}

void close(sd_bus_message* message) {
  check(sd_bus_message_close_container(message));
}

void append_variant(sd_bus_message* message, const char* key, const char* type, const void* value) {
  open(message, 'e', "sv");
  check(sd_bus_message_append_basic(message, 's', key));
  open(message, 'v', type);
  check(sd_bus_message_append_basic(message, *type, value));
  close(message);
  close(message);
}

/// Container by container: sd_bus_message_append() would take a fifth longer.
void append_item(sd_bus_message* message, const char* path, double value) {
  open(message, 'e', "sa{sv}");
  check(sd_bus_message_append_basic(message, 's', path));
  open(message, 'a', "{sv}");
  append_variant(message, "Value", "d", &value);
  append_variant(message, "Text", "s", "3.201V");
  close(message);
  close(message);
}

void emit(sd_bus* bus, const std::vector<std::string>& paths, double marker) {
  sd_bus_message* message = nullptr;
  check(sd_bus_message_new_signal(bus, &message, "/", kInterface, "ItemsChanged"));
  check(sd_bus_message_open_container(message, 'a', "{sa{sv}}"));
  for (const auto& path : paths) {
    append_item(message, path.c_str(), &path == &paths.front() ? marker : 3.201);
  }
  check(sd_bus_message_close_container(message));
  check(sd_bus_send(bus, message, nullptr));
  sd_bus_message_unref(message);
}

double marker_of(const std::string& payload) {
  const auto colon = payload.find(':', payload.find("Power"));  // quoted in one way or another
  return colon == std::string::npos ? 0 : std::strtod(payload.c_str() + colon + 1, nullptr);
}

/// Messages on their way from Paho's thread to the main thread.
class Inbox {
 public:
  void push(std::string payload) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(payload));
    const std::uint64_t one = 1;
    if (write(event_, &one, sizeof one) < 0) std::abort();
  }

  std::vector<std::string> wait() {
    std::uint64_t count = 0;
    if (read(event_, &count, sizeof count) < 0) return {};
    const std::lock_guard lock(mutex_);
    return std::exchange(waiting_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> waiting_;
  int event_ = eventfd(0, EFD_CLOEXEC);
};

void run(const std::string& port, const std::string& topic, const char* service, bool hand_over) {
  sd_bus* bus = nullptr;
  check(sd_bus_open_user(&bus));
  check(sd_bus_request_name(bus, service, 0));
  const auto paths = item_paths();
  Inbox inbox;

  mqtt::async_client client("tcp://127.0.0.1:" + port, "bench-floor-" + std::to_string(getpid()));
  client.set_message_callback([&](const mqtt::const_message_ptr& message) {
    if (hand_over) return inbox.push(message->get_payload_str());
    emit(bus, paths, marker_of(message->get_payload_str()));
  });
  client.connect()->wait();
  client.subscribe(topic, 0)->wait();
  while (true) {
    if (!hand_over) pause();
    for (const auto& payload : inbox.wait()) emit(bus, paths, marker_of(payload));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "Usage: bench_floor PORT TOPIC SERVICE [hand-over]\n";
    return 2;
  }
  try {
    run(argv[1], argv[2], argv[3], argc > 4);
  } catch (const std::exception& error) {
    std::cerr << "bench_floor: " << error.what() << '\n';
    return 1;
  }
}
