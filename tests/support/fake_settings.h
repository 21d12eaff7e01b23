// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"
#include "loop_runner.h"
#include "runtime/loop.h"

#include <systemd/sd-bus.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dmb::test {

/// A com.victronenergy.settings that keeps settings as the real one does: of one type each, within
/// their range, instances as the next free one, errors answered, changes announced. It can also
/// misbehave. Runs in a thread of its own; all methods may be called from the test.
class FakeSettings {
 public:
  using Store = std::map<std::string, Value>;

  enum class Manner : std::uint8_t {
    honest,
    hangs,             ///< keeps calls until answer_kept_calls()
    wrong_types,       ///< values as integers
    other_class,       ///< "vebus:100"
    malformed_number,  ///< "battery:abc"
    missing_entries,   ///< an empty list
    error_codes,       ///< error -8 and no value
    wrong_signature,   ///< a string instead of the list
    refuses,           ///< a D-Bus error
    takes_nothing,     ///< SetValue answers -1
  };

  explicit FakeSettings(const std::string& address, Store store = {},
                        Manner manner = Manner::honest);
  ~FakeSettings();  ///< leaves the bus, as a crash would
  FakeSettings(const FakeSettings&) = delete;
  FakeSettings& operator=(const FakeSettings&) = delete;

  Store store();
  int add_settings_calls();
  int set_value_calls();

  /// What the user does in the GUI: stores and announces.
  void edit(const std::string& path, const Value& value);
  /// Announces a value that is not in the store.
  void announce_integer(const std::string& path, std::int32_t value);
  /// What it was given as the range of a number.
  std::pair<double, double> range(const std::string& path);
  /// From now on honest; calls that hung are answered.
  void answer_kept_calls();

 private:
  static int on_message(sd_bus_message* message, void* userdata, sd_bus_error* error);
  int handle(sd_bus_message* message);
  int add_settings(sd_bus_message* call);
  int set_value(sd_bus_message* call);
  void append_answer(sd_bus_message* reply, const std::string& path);
  std::optional<std::string> read_setting(sd_bus_message* call);
  void add(const std::string& path, const Value& value);
  bool is_in_range(const std::string& path, const Value& value) const;
  std::string next_free(const std::string& path, std::string value) const;
  void announce(const std::string& path, const Value& value);

  Store store_;
  std::map<std::string, std::pair<double, double>> ranges_;
  Manner manner_;
  int add_settings_calls_ = 0;
  int set_value_calls_ = 0;
  std::vector<sd_bus_message*> kept_;
  Loop loop_;
  sd_bus* bus_ = nullptr;
  std::unique_ptr<LoopRunner> runner_;
};

}  // namespace dmb::test
