// SPDX-License-Identifier: MIT
#pragma once

#include "loop_runner.h"
#include "runtime/loop.h"

#include <systemd/sd-bus.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dmb::test {

/// A com.victronenergy.settings that keeps text settings, as the real one does: allocates the next
/// free instance, answers errors, announces changes. It can also misbehave. Runs in a thread of its
/// own; all methods may be called from the test.
class FakeSettings {
 public:
  using Store = std::map<std::string, std::string>;

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
  void edit(const std::string& path, const std::string& value);
  /// Announces a value that is not in the store; `types` as for sd_bus_message_append(3).
  void announce_integer(const std::string& path, std::int32_t value);
  /// From now on honest; calls that hung are answered.
  void answer_kept_calls();

 private:
  static int on_message(sd_bus_message* message, void* userdata, sd_bus_error* error);
  int handle(sd_bus_message* message);
  int add_settings(sd_bus_message* call);
  int set_value(sd_bus_message* call);
  void append_answer(sd_bus_message* reply, const std::string& path);
  std::optional<std::string> read_setting(sd_bus_message* call);
  void add(const std::string& path, const std::string& value);
  std::string next_free(const std::string& path, std::string value) const;
  void announce(const std::string& path, const std::string& value);

  Store store_;
  Manner manner_;
  int add_settings_calls_ = 0;
  int set_value_calls_ = 0;
  std::vector<sd_bus_message*> kept_;
  Loop loop_;
  sd_bus* bus_ = nullptr;
  std::unique_ptr<LoopRunner> runner_;
};

}  // namespace dmb::test
