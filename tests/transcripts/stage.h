// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"
#include "dmb/device/device.h"
#include "transcript.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dmb::test {

/// A device and what makes its events, with a clock that the transcript turns.
class Stage {
 public:
  virtual ~Stage() = default;

  /// Does what one line says. Throws BadTranscript.
  virtual void play(const TranscriptLine& event, Instant now) = 0;
  /// The end of a turn: what is new reaches the device.
  virtual void end_turn(Instant now) = 0;
  /// A saved config.
  virtual void change(const Config& config, Instant now) = 0;
  /// The program ends and starts again.
  virtual void restart(const Config& config, Instant now) = 0;

  virtual Device& device() = 0;
  /// On the bus with what its source told last.
  virtual bool is_holding() const = 0;
  /// What it wants to be asked for.
  virtual std::vector<std::string> take_questions() { return {}; }
  /// When something that waits for more of its kind does not wait any longer, and that moment.
  virtual std::optional<Instant> due() const { return std::nullopt; }
  virtual void pass(Instant) {}
};

std::unique_ptr<Stage> make_bank_stage(const Config& config);
std::unique_ptr<Stage> make_battery_stage(const Config& config);

}  // namespace dmb::test
