// SPDX-License-Identifier: MIT
#pragma once

#include "app/replay/audience.h"
#include "app/replay/log_catcher.h"
#include "app/replay/run_time.h"
#include "log/narrator.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dmb::replay {

/// Tells people what is played, a row for each thing that changes: when, of which device, what and
/// why, and what the log said of it. The same recording gives the same rows.
class Timeline final : public Audience {
 public:
  /// `print` gets each row, without a line feed. `with_items`: also each item that changes while
  /// the device is on the bus.
  Timeline(std::function<void(const std::string& row)> print, bool with_items);

  void on_run(const record::Began& began, Instant now) override;
  void on_ended(Played& device, Instant now) override;
  void on_changed(Played& device, Instant now) override;
  void on_notes(Played& device, const Notes& notes, Instant now) override;
  void on_view(Played& device, const std::optional<record::Decision>& news, Instant now) override;
  void on_remark(const std::string& text, Instant now) override;

 private:
  /// What was told of one device last.
  struct Told {
    Narrator narrator;
    std::optional<record::Decision> decision = {};
    ItemValues items = ItemValues();
  };

  void tell(std::string_view who, std::string_view what, Instant now);
  void tell_items(Played& device, Told& told, Instant now);

  std::function<void(const std::string& row)> print_;
  bool with_items_;
  RunTime time_;
  LogCatcher log_;
  std::map<const Played*, Told> told_;
};

}  // namespace dmb::replay
