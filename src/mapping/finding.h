// SPDX-License-Identifier: MIT
#pragma once

#include "candidate.h"

#include <string>
#include <vector>

namespace dmb {

/// What a Venus device says of the battery itself: which one it is, and its name.
void add_venus_facts(Candidate& candidate, const HeardTopics& heard);
/// Takes out what this very program shows on the bus of a Venus device: it would read itself.
void drop_own(std::vector<Candidate>& candidates, const HeardTopics& heard,
              std::vector<std::string>& remarks);
/// Of several candidates for one battery the one that knows the most; what was announced to Home
/// Assistant counts where nothing else fits. Complete ones first.
std::vector<Candidate> choose_best(std::vector<Candidate> candidates);
/// As sections of a config that has `known` already. Adds to `remarks` what was too much.
std::vector<FoundBattery> describe(const std::vector<Candidate>& candidates,
                                   const KnownBatteries& known, std::vector<std::string>& remarks);

}  // namespace dmb
