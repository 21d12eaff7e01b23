// SPDX-License-Identifier: MIT
// What is recorded of the running program.
#include "app/driver.h"
#include "app/preset_files.h"

#include <utility>

namespace dmb {

/// Before the config is applied: what that does is recorded already.
void Driver::record(const Config& config) {
  std::optional<RecordConfig> wanted = config.record;
  if (record_to_) {
    if (!wanted) wanted.emplace();
    wanted->path = record_to_->string();
  }
  const bool is_first = batteries_.empty() && banks_.empty() && !shunts_;
  const bool goes_on = tape_.is_on();
  tape_.change(wanted, is_first);
  // A recording that begins among devices that are there has begun with the config they go by.
  if (goes_on || is_first) tape_config();
}

void Driver::tape_config() {
  if (!tape_.is_on()) return;
  record::ConfigLoaded loaded{.text = applied_text_, .presets = {}};
  const Presets presets = preset_files(config_path_);
  const Config& config = config_ ? *config_ : applied_;
  for (const BatteryConfig& battery : config.batteries)
    if (!battery.preset.empty())
      if (auto text = presets.read(battery.preset))
        loaded.presets.emplace(battery.preset, std::move(*text));
  tape_.add_config(std::move(loaded));
}

/// What a part of a recording needs to be played without the parts before.
void Driver::catch_up() {
  tape_config();
  for (const auto& battery : batteries_) battery->tape_creation();
  for (const auto& bank : banks_) bank->tape_creation();
  if (shunts_) shunts_->tape_creation();
  tape_.add_last_messages();
  for (const auto& battery : batteries_) battery->tape_view();
  for (const auto& bank : banks_) bank->tape_view();
  if (shunts_) shunts_->tape_view();
  tape_.add(record::CaughtUp{});
  for (const auto& battery : batteries_) battery->tape_decision();
  for (const auto& bank : banks_) bank->tape_decision();
  if (shunts_) shunts_->tape_decision();
}

}  // namespace dmb
