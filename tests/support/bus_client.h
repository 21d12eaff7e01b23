// SPDX-License-Identifier: MIT
#pragma once

#include <systemd/sd-bus.h>

#include <functional>
#include <string>
#include <vector>

namespace dmb::test {

/// The body of a message as text, types visible where a variant hides them:
/// {"/Soc": {"Value": <d 63>, "Text": <s "63%">}}; an invalid value is <ai []>.
std::string dump(sd_bus_message* message);

/// Another process on the bus, as far as the code under test can see: a connection of its own.
/// Written with plain sd-bus, so that it shares nothing with what it tests.
class BusClient {
 public:
  explicit BusClient(const std::string& address);
  ~BusClient();
  BusClient(const BusClient&) = delete;
  BusClient& operator=(const BusClient&) = delete;

  struct Answer {
    std::string signature;
    std::string body;
    std::string error;  ///< D-Bus error name; empty on success
    std::string text;   ///< of the error
  };

  /// Something that arrived; replies and signals in their order of arrival.
  struct Event {
    std::string member;  ///< of a signal; "reply" for a reply
    std::string path;
    std::string sender;
    std::string signature;
    std::string body;
  };

  /// `types` and `arguments` as for sd_bus_message_append(3).
  template <typename... Arguments>
  Answer call(const std::string& service, const std::string& path, const std::string& interface,
              const std::string& member, const char* types = "", Arguments... arguments) {
    sd_bus_message* message = new_call(service, path, interface, member);
    if (*types != '\0') sd_bus_message_append(message, types, arguments...);
    return send(message);
  }

  /// Calls com.victronenergy.BusItem.
  template <typename... Arguments>
  Answer item(const std::string& service, const std::string& path, const std::string& member,
              const char* types = "", Arguments... arguments) {
    return call(service, path, "com.victronenergy.BusItem", member, types, arguments...);
  }

  sd_bus_message* new_call(const std::string& service, const std::string& path,
                           const std::string& interface, const std::string& member);
  /// Takes over `message`, sends it and waits for the answer.
  Answer send(sd_bus_message* message);

  /// Records the signals of this match rule from now on.
  void watch(const std::string& rule);
  const std::vector<Event>& events() const { return events_; }
  void clear_events() { events_.clear(); }

  /// Handles messages until `condition` holds; false when it does not within the deadline.
  bool wait_for(const std::function<bool()>& condition);
  /// Everything that was sent to us before now has been recorded: the bus keeps the order, so a
  /// call to `service` is answered after the signals it sent earlier.
  void settle(const std::string& service);

  bool request_name(const std::string& name);
  void release_name(const std::string& name);
  std::string unique_name() const;
  /// "" when nobody owns it.
  std::string owner_of(const std::string& name);
  sd_bus* native() { return bus_; }

 private:
  static int on_signal(sd_bus_message* signal, void* userdata, sd_bus_error* error);

  sd_bus* bus_ = nullptr;
  std::vector<Event> events_;
};

}  // namespace dmb::test
