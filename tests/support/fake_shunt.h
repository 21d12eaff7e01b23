// SPDX-License-Identifier: MIT
#pragma once

#include "loop_runner.h"
#include "runtime/loop.h"

#include <systemd/sd-bus.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dmb::test {

/// Appends one value, as a variant, to a message: a fake may send what no item can hold.
using PutValue = std::function<void(sd_bus_message*)>;
PutValue real(double value);
PutValue integer(std::int32_t value);
PutValue text(std::string value);
PutValue invalid();  ///< the empty `ai`

using FakeItems = std::map<std::string, PutValue>;

struct FakeRegister {
  std::uint16_t error = 0;
  std::vector<std::uint8_t> data;
};
using FakeRegisters = std::map<std::uint16_t, FakeRegister>;

/// What a battery service shows.
struct FakeTree {
  FakeItems items;
  FakeRegisters registers;
};

/// Reads a capture: paths with their values, and "_vreg".
FakeTree load_tree(const std::string& file);
/// The least that makes a SmartShunt.
FakeItems shunt_items(const std::string& serial = "", const std::string& custom_name = "");

/// A SmartShunt's service, or something that calls itself one, on a connection and in a thread of
/// its own. All methods may be called from the test.
class FakeShunt {
 public:
  enum class Manner : std::uint8_t {
    honest,
    old,         ///< knows GetValue on "/" only
    hangs,       ///< keeps calls until answer_kept_calls()
    refuses,     ///< a D-Bus error
    wrong_form,  ///< a text instead of items
  };
  /// How it answers GetVreg.
  enum class Link : std::uint8_t { none, honest, hangs, wrong_form };

  struct Setup {
    std::string service;
    FakeTree tree;
    Manner manner = Manner::honest;
    Link link = Link::none;
  };

  /// Takes the name last, as services have to.
  FakeShunt(const std::string& address, Setup setup);
  ~FakeShunt();  ///< leaves the bus, as a crash would
  FakeShunt(const FakeShunt&) = delete;
  FakeShunt& operator=(const FakeShunt&) = delete;

  /// Changes these and sends one ItemsChanged.
  void change(const FakeItems& items);
  /// Changes these without a word.
  void change_silently(const FakeItems& items);
  /// Changes one and sends PropertiesChanged on its path.
  void change_one(const std::string& path, const PutValue& value);
  void behave(Manner manner);
  void offer(Link link, FakeRegisters registers);
  /// From now on honest; first what hung is answered.
  void answer_kept_calls();

  /// How often this method was called.
  int calls(const std::string& member);
  std::string unique_name();
  void release_name();
  /// `name` has received all that was sent before.
  void ping(const std::string& name);
  /// The daemon has received all that was sent before.
  void flush() { ping("org.freedesktop.DBus"); }
  /// Runs `task` with the connection, on its thread.
  void with_bus(const std::function<void(sd_bus*)>& task);

 private:
  static int on_message(sd_bus_message* message, void* userdata, sd_bus_error* error);
  int handle(sd_bus_message* message);
  int answer_item_call(sd_bus_message* call);
  int answer_register_call(sd_bus_message* call);
  int keep(sd_bus_message* call);

  Setup setup_;
  std::map<std::string, int> calls_;
  std::vector<sd_bus_message*> kept_;
  Loop loop_;
  sd_bus* bus_ = nullptr;
  std::unique_ptr<LoopRunner> runner_;
};

/// The bodies of ItemsChanged (and GetItems) and PropertiesChanged.
void append_items(sd_bus_message* message, const FakeItems& items);
void append_properties(sd_bus_message* message, const PutValue& value);

}  // namespace dmb::test
