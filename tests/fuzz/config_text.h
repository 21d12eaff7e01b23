// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"

#include <optional>
#include <string>

namespace dmb::fuzz {

/// A config.ini that says `config`; nullopt when one of its texts cannot be quoted in any way, or
/// it has banks or maps.
std::optional<std::string> config_text(const Config& config);

}  // namespace dmb::fuzz
