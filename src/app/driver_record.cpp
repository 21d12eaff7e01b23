// SPDX-License-Identifier: MIT
// What is recorded of the running program.
#include "app/driver.h"
#include "app/preset_files.h"

#include <utility>

namespace dmb {

/// A recording that begins among devices begins behind the change, with them as they are then.
void Driver::take(const Config& config) {
  const std::optional<RecordConfig> wanted = wanted_recording(config);
  const bool has_devices = !batteries_.empty() || !banks_.empty() || shunts_;
  const bool begins_late = has_devices && tape_.is_other(wanted);
  tape_.change(begins_late ? std::nullopt : wanted, true);
  tape_config();
  apply(config);
  if (begins_late) tape_.change(wanted, false);
}

/// What the command line says goes before the config.
std::optional<RecordConfig> Driver::wanted_recording(const Config& config) const {
  RecordConfig wanted = config.record;
  const auto folder = std::filesystem::absolute(config_path_).parent_path();
  if (record_to_)
    wanted.path = std::filesystem::absolute(*record_to_).string();
  else if (wanted.path)
    wanted.path = (folder / *wanted.path).string();
  return wanted.path ? std::optional(wanted) : std::nullopt;
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
  tape_.add(std::move(loaded));
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
