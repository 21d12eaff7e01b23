// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/status/status.h"
#include "dmb/why/gx_facts.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dmb::why {

/// A battery that may be asked about: one of ours as it tells itself, or another as the bus shows
/// it.
struct Subject {
  std::string name;
  std::string service;
  std::optional<double> instance;
  bool ours = false;
  bool hidden = false;  ///< only its bank is to be on the bus
  std::string off_bus;  ///< why it is not on the bus; empty: it is
  std::optional<double> voltage_v;
  std::optional<double> current_a;
  std::optional<status::LimitStatus> cvl;
  std::optional<status::LimitStatus> ccl;
  std::optional<status::LimitStatus> dcl;
  /// Of one of ours that does not control: what those three would be.
  status::LimitsStatus would_be = {};
  bool controls = true;  ///< false: so it is configured
  std::string charge_mode;
  std::vector<std::string> members;  ///< of a bank: bus names of those that it speaks for

  bool is_bms() const { return off_bus.empty() && cvl && cvl->value; }
};

/// All that are known, ours first.
std::vector<Subject> subjects_of(const GxFacts& facts,
                                 std::span<const status::ProcessStatus> processes);

/// All that is known of one moment; what the rules go by.
struct Case {
  const GxFacts& gx;
  std::vector<Subject> subjects;
  bool running = false;                  ///< a process of ours
  const Subject* asked = nullptr;        ///< never null once it is found
  const Subject* controlling = nullptr;  ///< whose limits count; null: nobody's

  /// Whose limits are told.
  const Subject& limiting() const { return controlling != nullptr ? *controlling : *asked; }
  /// Into the battery, as far as anybody measures it.
  std::optional<double> current_a() const;
  bool dvcc() const;
  /// What is asked about reaches chargers.
  bool limits_count() const;
};

Case case_of(const GxFacts& facts, std::span<const status::ProcessStatus> processes,
             std::string_view name);

}  // namespace dmb::why
