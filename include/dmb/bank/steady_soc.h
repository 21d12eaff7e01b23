// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/member.h"
#include "dmb/battery/value.h"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dmb {

/// How long the SoC is that of the members before, when some came or went.
inline constexpr std::chrono::seconds kSocHold{10};
/// And when they come and go all the time: what a member said last is of some worth for so long.
inline constexpr std::chrono::minutes kLongestSocHold{1};

/// Keeps the bank's SoC from jumping for a second: generators start on it. For ten seconds after a
/// member comes or goes the SoC is that of those that were there before, with what each says now
/// or, while it is away, said last. So one that is back by then was never missed, and of two that
/// come back the first alone is not the bank.
class SteadySoc {
 public:
  /// From now on somebody looks: what was before is nothing to be held.
  void begin() { begun_ = true; }

  /// Members came or went. Either may be empty.
  void change(std::span<const MemberSnapshot> before, std::span<const MemberSnapshot> after,
              Instant now);

  /// nullopt: as the members say, all of them and nobody else.
  std::optional<double> soc_percent(std::span<const MemberSnapshot> members, Instant now);

  /// When soc_percent() can change by the mere passing of time.
  std::optional<Instant> deadline() const { return until_; }

 private:
  struct Part {
    std::string id;
    double weight;
    double soc_percent;
  };
  void note(std::span<const MemberSnapshot> members);
  bool is_as_before(std::span<const MemberSnapshot> members) const;
  void end();

  bool begun_ = false;
  std::vector<Part> before_;
  Instant began_at_{};
  std::optional<Instant> until_;
};

}  // namespace dmb
