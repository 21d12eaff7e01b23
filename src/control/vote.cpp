// SPDX-License-Identifier: MIT
#include "dmb/control/vote.h"

#include <tuple>

namespace dmb {
namespace {

template <typename Counts>
const Vote* lowest(std::span<const Vote> votes, Limit limit, const Counts& counts) {
  const Vote* winner = nullptr;
  for (const Vote& vote : votes)
    if (vote.limit == limit && counts(vote) &&
        (winner == nullptr ||
         std::tie(vote.value, vote.cause) < std::tie(winner->value, winner->cause)))
      winner = &vote;
  return winner;
}

}  // namespace

const Vote* decide(std::span<const Vote> votes, Limit limit) {
  return lowest(votes, limit, [](const Vote&) { return true; });
}

const Vote* decide_manual(std::span<const Vote> votes, Limit limit) {
  return lowest(votes, limit, [](const Vote& vote) { return vote.cause == Cause::manual; });
}

const Vote* decide_without_manual(std::span<const Vote> votes, Limit limit) {
  return lowest(votes, limit, [](const Vote& vote) { return vote.cause != Cause::manual; });
}

}  // namespace dmb
