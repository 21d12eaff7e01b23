// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/control/guard.h"
#include "dmb/control/vote.h"

#include <optional>
#include <vector>

namespace dmb {

/// The limits as a battery gives them at this moment; nullopt: missing, null, unusable or too old.
struct GivenLimits {
  std::optional<double> max_charge_voltage_v;     ///< CVL
  std::optional<double> max_charge_current_a;     ///< CCL
  std::optional<double> max_discharge_current_a;  ///< DCL
  /// A CVL is given that cannot be right, and is left out above.
  bool charge_voltage_refused = false;
  /// A CCL was given at some time, be it unusable or by a message of unknown age.
  bool charge_current_named = false;
  /// The last word about the DCL is not usable.
  bool discharge_current_unusable = false;
  /// The battery says that it does not let itself be charged.
  bool charge_blocked = false;
};

/// Makes votes of what a battery tells. What was given and is not usable any more stops: a CCL once
/// one was named, a DCL once one was given or there was a CVL. A battery that never gave either is
/// no BMS, and nothing is made of its silence about them.
class ToldLimits {
 public:
  /// Appends to `votes`.
  void vote(const GivenLimits& given, std::vector<Vote>& votes);

 private:
  void vote_charge(const GivenLimits& given, std::vector<Vote>& votes);
  void vote_discharge(const GivenLimits& given, std::vector<Vote>& votes);

  bool voltage_given_ = false;    ///< once, as are those below
  bool voltage_refused_ = false;  ///< until one is given that can be right
  bool charge_given_ = false;
  bool charge_named_ = false;
  bool discharge_given_ = false;
  bool discharge_unusable_ = false;  ///< until one is given
};

/// The fail-safe of a silent battery, appended to `votes`: CVL as last shown, but not above
/// `ceiling_v`, which makes solar chargers stop that do not obey CCL 0; CCL 0; DCL as it is, or 0.
void vote_silence(const LimitState& shown, std::optional<double> ceiling_v, bool stop_discharge,
                  std::vector<Vote>& votes);

}  // namespace dmb
