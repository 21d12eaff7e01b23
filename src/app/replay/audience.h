// SPDX-License-Identifier: MIT
#pragma once

#include "app/replay/played.h"
#include "dmb/record/line.h"

#include <optional>
#include <string>

namespace dmb::replay {

/// Who looks on while a recording is played. What it is handed lives as long as the call.
class Audience {
 public:
  virtual ~Audience() = default;

  /// A run of the daemon begins; what was played before has ended.
  virtual void on_run(const record::Began&, Instant) {}
  virtual void on_created(Played&, Instant) {}
  virtual void on_changed(Played&, Instant) {}
  virtual void on_ended(Played&, Instant) {}
  virtual void on_notes(Played&, const Notes&, Instant) {}
  /// A device was asked what it shows. `news`: what it decides now, where that is something else.
  virtual void on_view(Played&, const std::optional<record::Decision>& /*news*/, Instant) {}
  /// Something of the recording cannot be played, for people.
  virtual void on_remark(const std::string& /*text*/, Instant) {}
  /// Each line of the recording that counts, after it was played.
  virtual void on_line(const record::Line&) {}
};

}  // namespace dmb::replay
