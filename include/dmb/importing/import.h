// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dmb {

/// The longest file that import_config() reads.
inline constexpr std::size_t kMaxImportBytes = 256UL * 1024UL;

/// What another driver's config is in ours: [BANK] and [CHARGE CONTROL]
/// sections, with a comment for each setting that
/// has no counterpart. Empty: see `error`.
struct Imported {
  std::string sections = {};
  std::string error = {};  ///< what was looked for, and not found
};

/// Reads a config of dbus-aggregate-batteries (its config.ini, or settings.py of old), the JSON of
/// BatteryAggregator, or what the serial driver's config.ini says about charging.
Imported import_config(std::string_view text);

}  // namespace dmb
