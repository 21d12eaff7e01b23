// SPDX-License-Identifier: MIT
// Publishes payloads at a steady rate and watches the bus for them. Prints one JSON object: the
// time from each publish() to the arrival of the signal that shows its values, and what arrived in
// all.
#include "feed.h"
#include "payload_series.h"

#include <mqtt/async_client.h>
#include <nlohmann/json.hpp>
#include <systemd/sd-bus.h>

#include <poll.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace dmb::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kInterface = "com.victronenergy.BusItem";
constexpr auto kMarkerPath = "/Dc/0/Power";
constexpr std::size_t kBurstTopics = 40;

struct Options {
  std::uint16_t port = 1883;
  std::string topic;
  std::string payload_file;
  std::string service;  // empty: publish only, until killed
  double rate_hz = 1;
  int count = 10;
  int warmup = 3;         // messages that are sent first and not counted
  double settle_s = 0.5;  // how long to wait for the last signal
  bool burst = false;     // each value of a payload on a topic of its own, all at once
};

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

int checked(int result, const char* what) {
  if (result < 0) throw std::runtime_error(std::string(what) + ": " + std::strerror(-result));
  return result;
}

/// Sends the payloads on a thread of its own; remembers when.
class Publisher {
 public:
  explicit Publisher(const Options& options)
      : options_(options),
        feed_(options.port),
        total_(options.service.empty() ? 1000000 : options.warmup + options.count),
        payloads_(payload_series(read_file(options.payload_file), 1,
                                 options.service.empty() ? 100 : total_)),
        sent_(static_cast<std::size_t>(total_)) {
    for (std::string& payload : payloads_) payload = on_the_wire(payload);
  }

  void run() {
    const auto start = Clock::now();
    for (int i = 0; i < total_ && !stop_; ++i) {
      const auto offset = std::chrono::duration<double>(i / options_.rate_hz);
      std::this_thread::sleep_until(start + std::chrono::duration_cast<Clock::duration>(offset));
      const auto& payload = payloads_[static_cast<std::size_t>(i) % payloads_.size()];
      sent_[static_cast<std::size_t>(i)] = Clock::now().time_since_epoch().count();
      feed_.send_all(payload);
    }
    done_ = true;
  }

  bool done() const { return done_; }
  void stop() { stop_ = true; }
  int total() const { return total_; }
  /// What it took to hand everything to the broker.
  double sending_s() const { return static_cast<double>(sent_ns(total_ - 1) - sent_ns(0)) / 1e9; }
  std::int64_t sent_ns(int index) const { return sent_[static_cast<std::size_t>(index)]; }

 private:
  std::string on_the_wire(const std::string& payload) const {
    if (!options_.burst) return Feed::publication(options_.topic, payload);
    auto values = values_on_topics(options_.topic, payload);
    // What is measured comes first; flags that never change fill up.
    std::ranges::stable_partition(values, [](const auto& value) {
      const auto has = [&value](const char* part) {
        return value.first.find(part) != std::string::npos;
      };
      return has("/Dc/") || has("/Soc") || has("/Voltages/") || has("Capacity") || has("/System/");
    });
    values.resize(std::min(values.size(), kBurstTopics));
    std::string all;
    for (const auto& [topic, value] : values) all += Feed::publication(topic, value);
    return all;
  }

  const Options& options_;
  Feed feed_;
  int total_;
  std::vector<std::string> payloads_;
  std::vector<std::atomic<std::int64_t>> sent_;
  std::atomic<bool> done_ = false;
  std::atomic<bool> stop_ = false;
};

/// A client of the service on the bus.
class Watcher {
 public:
  Watcher(const Options& options, const Publisher& publisher)
      : options_(options), publisher_(publisher) {
    checked(sd_bus_open_user(&bus_), "connect to the bus");
    const auto rule = "type='signal',sender='" + owner() + "',interface='" + kInterface + "'";
    checked(sd_bus_add_match(bus_, nullptr, rule.c_str(), &Watcher::on_signal, this), "add match");
  }
  ~Watcher() { sd_bus_flush_close_unref(bus_); }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  void run() {
    auto deadline = Clock::time_point::max();
    while (Clock::now() < deadline && !complete()) {
      while (checked(sd_bus_process(bus_, nullptr), "read the bus") > 0) {
      }
      checked(sd_bus_wait(bus_, 100'000), "wait for the bus");
      if (publisher_.done() && deadline == Clock::time_point::max()) {
        deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                      std::chrono::duration<double>(options_.settle_s));
      }
    }
  }

  nlohmann::json report() const {
    std::vector<double> latencies_us;
    for (const auto& [index, ns] : shown_) latencies_us.push_back(static_cast<double>(ns) / 1000);
    return {{"sent", options_.count},
            {"shown", shown_.size()},
            {"signals", signals_},
            {"items", items_},
            {"latencies_us", latencies_us},
            {"newest_us", newest_us()},
            {"sending_s", publisher_.sending_s()}};
  }

 private:
  std::string owner() {
    sd_bus_message* reply = nullptr;
    sd_bus_error error = SD_BUS_ERROR_NULL;
    const char* name = nullptr;
    checked(sd_bus_call_method(bus_, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                               "org.freedesktop.DBus", "GetNameOwner", &error, &reply, "s",
                               options_.service.c_str()),
            "find the service");
    checked(sd_bus_message_read(reply, "s", &name), "read the owner");
    std::string result = name;
    sd_bus_message_unref(reply);
    return result;
  }

  /// From the last publish() to its values on the bus; null when they did not come.
  nlohmann::json newest_us() const {
    const auto newest = shown_.find(publisher_.total() - 1);
    if (newest == shown_.end()) return nullptr;
    return static_cast<double>(newest->second) / 1000;
  }

  bool complete() const { return shown_.contains(publisher_.total() - 1); }

  static int on_signal(sd_bus_message* message, void* self, sd_bus_error*) {
    static_cast<Watcher*>(self)->take(message, Clock::now().time_since_epoch().count());
    return 0;
  }

  void take(sd_bus_message* message, std::int64_t now_ns) {
    ++signals_;
    if (sd_bus_message_is_signal(message, kInterface, "ItemsChanged")) {
      sd_bus_message_enter_container(message, 'a', "{sa{sv}}");
      while (sd_bus_message_enter_container(message, 'e', "sa{sv}") > 0) {
        const char* path = nullptr;
        sd_bus_message_read(message, "s", &path);
        take_item(message, path, now_ns);
        sd_bus_message_exit_container(message);
      }
    } else {
      take_item(message, sd_bus_message_get_path(message), now_ns);
    }
  }

  void take_item(sd_bus_message* message, const char* path, std::int64_t now_ns) {
    ++items_;
    if (std::strcmp(path, kMarkerPath) != 0) {
      sd_bus_message_skip(message, "a{sv}");
      return;
    }
    sd_bus_message_enter_container(message, 'a', "{sv}");
    while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
      const char* key = nullptr;
      sd_bus_message_read(message, "s", &key);
      if (std::strcmp(key, "Value") == 0) {
        note(number(message), now_ns);
      } else {
        sd_bus_message_skip(message, "v");
      }
      sd_bus_message_exit_container(message);
    }
    sd_bus_message_exit_container(message);
  }

  static double number(sd_bus_message* message) {
    const char* contents = nullptr;
    sd_bus_message_peek_type(message, nullptr, &contents);
    double real = -1;
    std::int32_t whole = -1;
    if (std::strcmp(contents, "d") == 0) {
      sd_bus_message_read(message, "v", "d", &real);
      return real;
    }
    if (std::strcmp(contents, "i") == 0) {
      sd_bus_message_read(message, "v", "i", &whole);
      return whole;
    }
    sd_bus_message_skip(message, "v");
    return -1;
  }

  void note(double marker, std::int64_t now_ns) {
    const int index = static_cast<int>(marker + 0.5) - 1;
    if (index < options_.warmup || index >= publisher_.total()) return;
    const auto sent_ns = publisher_.sent_ns(index);
    if (sent_ns != 0) shown_.try_emplace(index, now_ns - sent_ns);
  }

  const Options& options_;
  const Publisher& publisher_;
  sd_bus* bus_ = nullptr;
  std::map<int, std::int64_t> shown_;  // message → ns from publish to signal
  int signals_ = 0;
  int items_ = 0;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string key = argv[i];
    const std::string value = argv[i + 1];
    if (key == "--port")
      options.port = static_cast<std::uint16_t>(std::stoi(value));
    else if (key == "--topic")
      options.topic = value;
    else if (key == "--payload")
      options.payload_file = value;
    else if (key == "--service")
      options.service = value;
    else if (key == "--rate")
      options.rate_hz = std::stod(value);
    else if (key == "--count")
      options.count = std::stoi(value);
    else if (key == "--warmup")
      options.warmup = std::stoi(value);
    else if (key == "--burst")
      options.burst = value == "1";
    else if (key == "--settle")
      options.settle_s = std::stod(value);
    else
      throw std::runtime_error("unknown option " + key);
  }
  return options;
}

int run(const Options& options) {
  Publisher publisher(options);
  if (options.service.empty()) {
    publisher.run();
    return 0;
  }
  Watcher watcher(options, publisher);
  std::thread sender([&publisher] { publisher.run(); });
  watcher.run();
  publisher.stop();
  sender.join();
  std::cout << watcher.report() << '\n';
  return 0;
}

}  // namespace
}  // namespace dmb::bench

int main(int argc, char** argv) {
  try {
    return dmb::bench::run(dmb::bench::parse(argc, argv));
  } catch (const std::exception& error) {
    std::cerr << "bench_probe: " << error.what() << '\n';
    return 1;
  }
}
