// SPDX-License-Identifier: MIT
#include "app/discover_command.h"

#include "app/discover_config.h"
#include "dmb/codec/text.h"
#include "mqtt/address.h"
#include "mqtt/mqtt_source.h"
#include "runtime/identity.h"
#include "runtime/loop.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace dmb {
namespace {

constexpr int kFound = 0;
constexpr int kNoneFound = 1;
constexpr int kNoConnection = 3;

// Announcements first: they say which of the topics that come later are a battery's.
const std::vector<std::string> kAnnouncements{"homeassistant/+/+/config",
                                              "homeassistant/+/+/+/config"};

/// Listens on one broker for a while.
class Listener {
 public:
  Listener(const BrokerConfig& broker, std::chrono::seconds time, Discovery& discovery)
      : discovery_(discovery), time_(time) {
    stops_.push_back(loop_.on_signal(SIGINT, [this] { loop_.exit(0); }));
    stops_.push_back(loop_.on_signal(SIGTERM, [this] { loop_.exit(0); }));
    end_ = loop_.add_timer([this] { loop_.exit(0); });
    everything_ = loop_.add_timer([this] { listen_to_everything(); });
    const std::string client_id =
        std::string(kProgramName) + "-discover-" + std::to_string(getpid());
    source_ = std::make_unique<MqttSource>(
        loop_, broker, client_id, MqttInterest{.filters = kAnnouncements, .keepalive_topics = {}},
        [this](std::span<MqttEvent> events) { receive(events); });
  }

  void run() { loop_.run(); }
  bool was_connected() const { return connected_; }
  const std::string& trouble() const { return trouble_; }
  bool is_refused() const { return refused_; }

 private:
  void receive(std::span<MqttEvent> events) {
    for (const MqttEvent& event : events) {
      if (const auto* message = std::get_if<MqttMessage>(&event))
        discovery_.receive(message->topic, message->payload);
      else if (std::holds_alternative<MqttUp>(event))
        begin();
      else if (const auto* down = std::get_if<MqttDown>(&event))
        note(*down);
      else if (const auto* refusals = std::get_if<MqttRefusals>(&event))
        refused_ = std::ranges::find(refusals->filters, "#") != refusals->filters.end();
    }
    wake_up();
  }

  void begin() {
    if (std::exchange(connected_, true)) return;
    constexpr std::chrono::milliseconds kHeadStart{1'000};
    const auto head_start = std::min<std::chrono::milliseconds>(kHeadStart, time_ / 4);
    everything_.arm(loop_.now() + head_start);
    end_.arm(loop_.now() + time_);
  }

  void note(const MqttDown& down) {
    trouble_ = printable(down.reason, 300);
    if (!connected_) loop_.exit(0);
  }

  void listen_to_everything() {
    hears_everything_ = true;
    source_->set_interest(interest());
  }

  /// Venus devices send for a minute after they were asked to.
  void wake_up() {
    if (discovery_.keepalive_topics().size() == woken_) return;
    woken_ = discovery_.keepalive_topics().size();
    source_->set_interest(interest());
  }

  MqttInterest interest() const {
    return {.filters = hears_everything_ ? std::vector<std::string>{"#"} : kAnnouncements,
            .keepalive_topics = discovery_.keepalive_topics()};
  }

  Loop loop_;
  Discovery& discovery_;
  std::chrono::seconds time_;
  std::vector<LoopSource> stops_;
  Timer end_;
  Timer everything_;
  bool connected_ = false;
  bool hears_everything_ = false;
  bool refused_ = false;
  std::size_t woken_ = 0;
  std::string trouble_;
  std::unique_ptr<MqttSource> source_;
};

/// The broker to listen on; nullopt: there is none, said.
std::optional<BrokerConfig> choose_broker(const DiscoverConfig& config, const Options& options) {
  if (!options.broker) {
    if (config.broker) return config.broker;
    std::fprintf(stderr, "%s names no broker: write it there, or give --broker HOST\n",
                 config.path.c_str());
    return std::nullopt;
  }
  const bool is_configured = config.broker && config.broker->address == options.broker->address &&
                             (!options.broker->port || options.broker->port == config.broker->port);
  // Its password goes to no other broker.
  if (is_configured) return config.broker;
  BrokerConfig broker{.address = options.broker->address};
  broker.port = options.broker->port.value_or(broker.port);
  return broker;
}

/// Where the config has no broker, the sections need it.
std::string broker_section(const DiscoverConfig& config, const BrokerConfig& broker) {
  if (config.broker) return {};
  return "\n[MQTT]\nbroker_address = " + broker.address +
         "\nbroker_port = " + std::to_string(broker.port) + "\n";
}

/// Only what is fit to be appended.
std::string new_sections(DiscoveryReport report) {
  std::erase_if(report.batteries, [](const FoundBattery& battery) {
    return battery.is_known || !battery.is_complete;
  });
  report.remarks.clear();
  return render(report);
}

void print_found(const DiscoveryReport& report, const BrokerConfig& broker,
                 const DiscoverConfig& config) {
  std::printf("; dbus-mqtt-battery --discover: %zu new of %zu batteries on %s, %zu messages\n",
              report.usable(), report.batteries.size(), host_and_port(broker).c_str(),
              report.messages);
  if (config.broker && host_and_port(*config.broker) != host_and_port(broker))
    std::printf("; %s reads another broker, %s: these sections are for an instance of their own\n",
                config.path.c_str(), host_and_port(*config.broker).c_str());
  if (report.usable() > 0) std::printf("%s", broker_section(config, broker).c_str());
  std::printf("%s", render(report).c_str());
}

/// The last line: what to do now.
int print_next(const DiscoveryReport& report, const BrokerConfig& broker,
               const DiscoverConfig& config, bool write) {
  const std::string path = config.path.string();
  if (report.usable() == 0) {
    const bool knows_all = std::ranges::any_of(report.batteries, &FoundBattery::is_known);
    std::printf("\n; Next: %s\n",
                knows_all
                    ? "nothing, the config has all that was found; --status tells how they are."
                    : "see that the publisher sends while this listens, or write a [MAP] "
                      "(docs/mapping.md).");
    return knows_all ? kFound : kNoneFound;
  }
  if (!write) {
    std::printf(
        "\n; Next: copy the sections you want into %s, or run this again with --write; the "
        "driver notices the change by itself.\n",
        path.c_str());
    return kFound;
  }
  const bool is_other = config.broker && host_and_port(*config.broker) != host_and_port(broker);
  const Written written =
      is_other ? Written{.fault = "reads another broker"}
               : append_to_config(config, broker_section(config, broker) + new_sections(report));
  if (!written.fault.empty()) {
    std::fprintf(stderr, "Nothing was written: %s %s\n", path.c_str(), written.fault.c_str());
    std::printf("\n; Next: nothing was written; copy the sections you want into %s yourself.\n",
                path.c_str());
    return kExitUsage;
  }
  std::printf(
      "\n; Next: %zu batteries were added to %s%s%s; look at them with --status in a "
      "minute.\n",
      report.usable(), path.c_str(), written.copy_path.empty() ? "" : ", what it was before is ",
      written.copy_path.c_str());
  return kFound;
}

int listen(const Options& options, const DiscoverConfig& config, const BrokerConfig& broker) {
  Discovery discovery(read_presets(config.path));
  std::fprintf(stderr, "Listening on %s for %lld s; Ctrl-C ends it sooner.\n",
               host_and_port(broker).c_str(),
               static_cast<long long>(options.discover_time.count()));
  Listener listener(broker, options.discover_time, discovery);
  listener.run();
  if (!listener.was_connected()) {
    std::fprintf(
        stderr, "No connection to %s: %s\n", host_and_port(broker).c_str(),
        listener.trouble().empty() ? "ended before there was one" : listener.trouble().c_str());
    return kNoConnection;
  }
  DiscoveryReport report = discovery.report(config.known);
  if (listener.is_refused())
    report.remarks.emplace_back(
        "the broker does not let this user listen to everything (#): what it may not read is not "
        "found");
  print_found(report, broker, config);
  return print_next(report, broker, config, options.write);
}

}  // namespace

int discover(const Options& options) try {
  std::signal(SIGPIPE, SIG_IGN);
  const DiscoverConfig config = read_discover_config(options.config_path);
  for (const std::string& problem : config.problems) std::fprintf(stderr, "%s\n", problem.c_str());
  if (!config.problems.empty()) return kExitUsage;
  const auto broker = choose_broker(config, options);
  return broker ? listen(options, config, *broker) : kExitUsage;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", printable(error.what(), 300).c_str());
  return kNoConnection;
}

}  // namespace dmb
