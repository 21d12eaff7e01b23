// SPDX-License-Identifier: MIT
#include "dmb/control/vote.h"

#include <tuple>

namespace dmb {

const Vote* decide(std::span<const Vote> votes, Limit limit) {
  const Vote* winner = nullptr;
  for (const Vote& vote : votes)
    if (vote.limit == limit && (winner == nullptr || std::tie(vote.value, vote.cause) <
                                                         std::tie(winner->value, winner->cause)))
      winner = &vote;
  return winner;
}

}  // namespace dmb
