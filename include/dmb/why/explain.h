// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/status/status.h"
#include "dmb/why/gx_facts.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dmb::why {

// Why a battery is charged, or may be discharged, as much as it is and not more: from the owner's
// maximum over all who limit it to what the GX and the chargers made of it.

/// One part of the answer.
struct Clause {
  std::string id;      ///< for scripts: "dvcc_off"
  std::string text;    ///< "DVCC is off: chargers go by their own settings"
  std::string todo;    ///< what would change it; empty: nothing that a person can do
  bool limits = true;  ///< it keeps current from flowing; else it only tells what is so
  bool operator==(const Clause&) const = default;
};

/// "charging 12 A: highest cell C7 3.451 V allows 20 A; Roof gives 12 A (all the sun there is)".
struct Answer {
  std::string line;
  std::vector<Clause> clauses;
  bool limited() const;
  bool operator==(const Answer&) const = default;
};

/// What one of those in the chain makes of a limit.
struct Step {
  std::string who;
  std::optional<double> value;  ///< V or A
  std::string why;
  bool decides = false;  ///< of those who may limit, it is the lowest
  bool operator==(const Step&) const = default;
};

/// From who may limit to who obeys.
struct Chain {
  std::string limit;  ///< "CCL", "DCL", "CVL"
  std::string unit;   ///< "A", "V"
  std::vector<Step> steps;
  bool operator==(const Chain&) const = default;
};

struct Why {
  std::string trouble;  ///< why there is nothing to explain; all else is empty then
  std::string battery;  ///< its name
  std::string service;  ///< its bus name
  Answer charge;
  std::optional<Answer> discharge;  ///< where something limits it
  bool charges = false;             ///< current flows into the battery
  std::vector<Chain> chains;
  std::vector<std::string> silent;  ///< services that were asked and did not answer
  bool operator==(const Why&) const = default;
};

/// Of the battery with this name, bus name, its last part, or instance. Empty: the one that
/// controls the chargers if it is ours, else the first of ours, else any. `processes`: all of ours.
Why explain(const GxFacts& facts, std::span<const status::ProcessStatus> processes,
            std::string_view name);

/// The answer in one line: about discharging where that alone is limited, and nothing is charged.
const std::string& verdict(const Why& why);

/// As exit codes.
enum class Outcome : std::uint8_t { nothing_limits = 0, limited = 1, nothing_to_explain = 3 };
Outcome outcome(const Why& why);

/// For people: the verdict in the first line, what would change it, then the chains.
std::string render(const Why& why);
/// For scripts, indented.
std::string to_json(const Why& why);

}  // namespace dmb::why
