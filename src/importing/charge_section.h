// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/charge_synonyms.h"
#include "section.h"
#include "settings_text.h"

#include <string_view>

namespace dmb::importing {

/// The keys of another program's config that are about charging, by lower-case key.
ChargeLines charge_lines_of(const SettingsText& settings);

/// The chemistry whose cells are full at such a voltage; empty: none is known.
std::string_view chemistry_of(double cell_full_v);

/// Writes what `lines` become into a [CHARGE CONTROL] section that the config takes: what it would
/// refuse is named, and its default stands there instead.
void write_charge_control(const ChargeLines& lines, Section& section);

}  // namespace dmb::importing
