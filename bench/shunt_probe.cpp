// SPDX-License-Identifier: MIT
// Plays SmartShunts, each on its own connection, and watches what aggregates make of them. Takes
// commands from standard input, a line each, and answers every one with a line of JSON:
//
//   watch SERVICE            follow this service too; waits until it has found the shunts
//   forget                   follow nobody
//   latency COUNT PAUSE_MS   one update after the other, each when the one before is visible
//   rate SECONDS             every member once a second, evenly staggered
//   discover COUNT           one more shunt appears and leaves
//
// Usage: bench_shunt_probe TREE_FILE SHUNTS
#include "shunt_bank.h"
#include "shunt_bus.h"
#include "shunt_view.h"

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <list>
#include <sstream>
#include <stdexcept>
#include <string>

namespace dmb::bench {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr auto kPatience = 5s;
constexpr auto kQuiet = 700ms;  // no new member for so long: all are found
constexpr int kWarmup = 30;

class Probe {
 public:
  Probe(const std::string& tree_file, int shunts)
      : listener_(open_bus()),
        total_(static_cast<std::size_t>(shunts)),
        bank_(load_shunt_tree(tree_file), shunts, poller_) {
    checked(sd_bus_add_filter(listener_, nullptr, &Probe::on_message, this), "add filter");
    poller_.add(listener_);
  }

  json obey(const std::string& line) {
    std::istringstream words(line);
    std::string command;
    words >> command;
    if (command == "watch") return watch(words);
    if (command == "latency") return latency(words);
    if (command == "rate") return rate(words);
    if (command == "discover") return discover(words);
    if (command != "forget") throw std::runtime_error("unknown command " + command);
    views_.clear();
    return json::object();
  }

  /// The shunts have to answer while there is no command.
  void wait_for_command() { poller_.serve_until_readable(STDIN_FILENO); }

 private:
  static int on_message(sd_bus_message* message, void* userdata, sd_bus_error*) noexcept {
    const auto now = now_ns();
    if (sd_bus_message_is_signal(message, kBusItem, nullptr) <= 0) return 0;
    auto& views = static_cast<Probe*>(userdata)->views_;
    return std::ranges::any_of(views, [&](auto& view) { return view.take(message, now); }) ? 1 : 0;
  }

  json watch(std::istream& words) {
    std::string service;
    words >> service;
    auto& view = views_.emplace_back(listener_, bank_, service);
    drain(listener_);
    if (view.tracked().empty()) return {{"members", 0}};
    std::string seen;
    const auto grown = [&] { return view.tracked() != seen; };
    do {
      seen = view.tracked();
      view.set_unseen(bank_.choose(seen));
    } while (bank_.active_count() < total_ && poller_.wait_for(Clock::now() + kQuiet, grown));
    return {{"members", bank_.active_count()}};
  }

  json latency(std::istream& words) {
    int count = 0;
    int pause_ms = 0;
    words >> count >> pause_ms;
    for (int i = -kWarmup; i < count; ++i) {
      if (i == 0) begin();
      bank_.update_next();
      const auto visible = [this] { return views_.front().shown() == bank_.last_index(); };
      poller_.wait_for(Clock::now() + 500ms, visible);
      // Not in step with anything periodic.
      poller_.turn_until(Clock::now() + pause_ms * 1ms + (i * 37 % 20) * 100us);
    }
    return report();
  }

  json rate(std::istream& words) {
    double seconds = 0;
    words >> seconds;
    begin();
    const auto first = bank_.last_index();
    const auto interval =
        std::chrono::duration_cast<Clock::duration>(1s / static_cast<double>(bank_.active_count()));
    const auto start = Clock::now();
    const auto count = static_cast<int>(seconds * static_cast<double>(bank_.active_count()));
    for (int i = 0; i < count; ++i) {
      poller_.turn_until(start + i * interval);
      bank_.update_next();
    }
    poller_.turn_until(std::max(start + count * interval, Clock::now() + 200ms));
    auto result = report();
    result["sent"] = bank_.last_index() - first;
    result["seconds"] = std::chrono::duration<double>(Clock::now() - start).count();
    return result;
  }

  json discover(std::istream& words) {
    int count = 0;
    words >> count;
    auto& spare = bank_.spare();
    const auto tracked = [this, &spare] {
      return views_.front().tracked().find(spare.service()) != std::string::npos;
    };
    json found = json::array();
    json lost = json::array();
    for (int i = 0; i < count; ++i) {
      auto start = now_ns();
      spare.appear();
      if (!poller_.wait_for(Clock::now() + kPatience, tracked)) break;
      found.push_back(static_cast<double>(now_ns() - start) / 1000);
      poller_.turn_until(Clock::now() + 50ms);
      start = now_ns();
      spare.vanish();
      if (!poller_.wait_for(Clock::now() + kPatience, [&] { return !tracked(); })) break;
      lost.push_back(static_cast<double>(now_ns() - start) / 1000);
      poller_.turn_until(Clock::now() + 50ms);
    }
    return {{"found_us", found}, {"lost_us", lost}};
  }

  void begin() {
    for (auto& view : views_) view.begin();
  }

  json report() const {
    json all = json::object();
    for (const auto& view : views_) {
      all[view.service()] = {{"signals", view.signals()},
                             {"items", view.items()},
                             {"latencies_us", view.latencies_us()}};
    }
    return {{"services", all}};
  }

  BusPoller poller_;
  sd_bus* listener_;  // until the program ends
  std::size_t total_;
  ShuntBank bank_;
  std::list<AggregateView> views_;
};

int run(const std::string& tree_file, int shunts) {
  Probe probe(tree_file, shunts);
  std::cout << "{}" << std::endl;
  std::string line;
  while (true) {
    probe.wait_for_command();
    if (!std::getline(std::cin, line)) return 0;
    std::cout << probe.obey(line) << std::endl;
  }
}

}  // namespace
}  // namespace dmb::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "Usage: bench_shunt_probe TREE_FILE SHUNTS\n";
    return 2;
  }
  try {
    return dmb::bench::run(argv[1], std::stoi(argv[2]));
  } catch (const std::exception& error) {
    std::cerr << "bench_shunt_probe: " << error.what() << '\n';
    return 1;
  }
}
