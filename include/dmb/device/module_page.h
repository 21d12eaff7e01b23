// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/member.h"
#include "dmb/device/seats.h"
#include "dmb/device/side_items.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dmb {

/// The items of the display's "Module level alarms": the alarms of each member of a bank, under the
/// name of the item of a battery by itself. A member is there while it is heard, with the alarms
/// that it tells.
class ModulePage {
 public:
  static constexpr std::size_t kMaxModules = 10;  ///< the page reads no more

  /// The members that are heard now. Costs little where none has another name or alarm than before.
  void show(std::span<const MemberSnapshot> heard);
  const SideItemSet& shown() const { return shown_; }

 private:
  /// What is shown of one that has a number.
  struct Module {
    std::size_t index;  ///< among those that are heard
    std::string id;
    std::string name;
    std::vector<std::optional<double>> alarms;
  };

  bool is_shown(std::span<const MemberSnapshot> heard) const;

  Seats seats_{kMaxModules};
  std::size_t heard_ = 0;        ///< members at the last show()
  std::vector<Module> modules_;  ///< likewise
  SideItemSet shown_;
};

}  // namespace dmb
