// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/charge_synonyms.h"
#include "dmb/control/charge_rules.h"

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// One line of a [CHARGE CONTROL] section, its value without comment and quotes.
struct ChargeLine {
  std::string_view key;  ///< in any case; also as other programs call it
  std::string_view value;
};

/// A [CHARGE CONTROL] section as it is meant.
struct ChargeText {
  bool enabled = true;
  ChargeRules rules;  ///< not checked yet: faults_of(); a maximum that nobody told is 0
  std::vector<ChargeRemark> faults;    ///< what cannot be read; nobody may charge by these rules
  std::vector<ChargeRemark> warnings;  ///< keys without meaning here
  std::vector<ChargeRemark> became;    ///< what keys of other programs became: "cell_full = 3.45"
  /// The section's keys that were told, and by which key: their own, or another program's.
  std::map<std::string, std::string, std::less<>> told_by;
};

/// Keys of the serial driver and of dbus-aggregate-batteries are taken for what they mean there;
/// a key of ours wins over theirs. What is not said is as in `base`, but for the numbers that go by
/// the chemistry where that is another one.
ChargeText read_charge_control(std::span<const ChargeLine> lines, const ChargeText& base = {});

}  // namespace dmb
