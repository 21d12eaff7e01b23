// SPDX-License-Identifier: MIT
#pragma once

#include "app/battery_app.h"
#include "dmb/bank/measurement_graph.h"
#include "dmb/bank/member_choice.h"
#include "dmb/bank/member_news.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dmb {

/// The batteries of this process that are members of one bank, without the way over the bus. One
/// that is not alive is not there: what it told last is no measurement.
class OwnMembers {
 public:
  /// Those of `batteries` that take part; they must outlive it, or be replaced first.
  void choose_from(std::span<const BatteryApp* const> batteries, const MemberChoice& choice);

  /// Whoever they were may go; what they showed last stays until the next choose_from().
  void release() { seats_.clear(); }

  /// What `battery` shows now. Whether that is news: of all, when it came or went, or of one, by
  /// index of members().
  struct News {
    bool all = false;
    std::optional<std::size_t> changed;
  };
  News look(const BatteryApp& battery);

  std::span<const WatchedMember> members() const { return members_; }
  /// What the one of this id shows, while it is one of members(); else nullptr.
  const ItemValues* values_of(const std::string& id) const;
  /// Of each of members(), what tells whether it is on the bus a second time.
  std::vector<MeasurementNode> nodes() const;
  /// Those that would be members and are not alive.
  std::vector<const BatteryApp*> absent() const;

 private:
  struct Seat {
    const BatteryApp* battery = nullptr;
    MemberPlace place;
    bool there = false;                     ///< alive when it was looked at last
    std::optional<std::size_t> index = {};  ///< of members_, while it is there
  };

  void rebuild();

  std::vector<Seat> seats_;
  std::vector<WatchedMember> members_;
};

}  // namespace dmb
