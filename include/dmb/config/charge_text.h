// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/control/charge_rules.h"

#include <optional>
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

/// What is to be told about a key.
struct ChargeRemark {
  std::string key;
  std::string text;
  bool operator==(const ChargeRemark&) const = default;
};

/// A [CHARGE CONTROL] section as it is meant.
struct ChargeText {
  bool enabled = true;
  ChargeRules rules;
  std::vector<ChargeRemark> faults;    ///< nobody may charge by these rules
  std::vector<ChargeRemark> warnings;  ///< keys without meaning here
  std::vector<ChargeRemark> became;    ///< what keys of other programs became: "cell_full = 3.45"
};

/// Keys of the serial driver and of dbus-aggregate-batteries are taken for what they mean there;
/// a key of ours wins over theirs. The chemistry's numbers hold for what is not said.
ChargeText read_charge_control(std::span<const ChargeLine> lines);

/// "3.40:100 3.50:5 3.55:0"; nullopt: that is no curve.
std::optional<Curve> parse_curve(std::string_view text);

}  // namespace dmb
