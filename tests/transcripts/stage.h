// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"
#include "dmb/device/note.h"
#include "dmb/battery/item_values.h"
#include "transcript.h"

#include <memory>
#include <optional>
#include <string_view>

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

  virtual const ItemValues& view(Instant now) = 0;
  virtual const ItemValues& values() const = 0;
  /// As transcripts call it: "on", "holding", "off".
  virtual std::string_view phase() const = 0;
  virtual std::optional<Instant> next_change(Instant now) const = 0;
  virtual Notes take_notes() = 0;
};

std::unique_ptr<Stage> make_bank_stage(const Config& config);

}  // namespace dmb::test
