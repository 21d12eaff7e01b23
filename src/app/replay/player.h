// SPDX-License-Identifier: MIT
#pragma once

#include "app/replay/audience.h"
#include "app/replay/recording_reader.h"
#include "app/replay/stage.h"
#include "dmb/config/config.h"
#include "dmb/device/kept_settings.h"
#include "runtime/loop.h"
#include "runtime/wake_up.h"
#include "sinks/bus/device_service.h"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dmb::replay {

/// Why nothing must be shown on the bus that this process would use; empty: it may. A battery that
/// is not there must never be seen by who charges one.
std::string refuse_bus(const char* session_address, const char* system_address);

/// Shows what is played as batteries on the session bus, at the pace that it had, or so many times
/// as fast. It ends with the recording.
class Player final : public Audience {
 public:
  /// Throws std::runtime_error when there is no bus.
  Player(RecordingReader& reader, std::optional<Config> other, double speed);
  ~Player() override;

  /// Returns the exit code.
  int run();

  void on_run(const record::Began& began, Instant now) override;
  void on_created(Played& device, Instant now) override;
  void on_changed(Played& device, Instant now) override;
  void on_ended(Played& device, Instant now) override;
  void on_view(Played& device, const std::optional<record::Decision>& news, Instant now) override;

 private:
  /// One device on the bus.
  class Shown;

  void step();
  Instant due(const record::Line& line) const;

  RecordingReader& reader_;
  double speed_;
  Loop loop_;
  Timer next_;
  std::vector<LoopSource> stops_;
  Stage stage_;
  std::map<const Played*, std::unique_ptr<Shown>> shown_;  // ends before what it shows
  std::optional<record::Line> line_;                       ///< the one that is played next
  Instant began_at_;    ///< the run that is played, by the recording …
  Instant started_at_;  ///< … and by the clock
};

}  // namespace dmb::replay
