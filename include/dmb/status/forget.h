// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/known_members.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmb::status {

/// What a process answers to `--forget`. Texts may come from outside: printable() before they are
/// shown.
struct ForgetAnswer {
  std::optional<Forgetting> outcome;  ///< nullopt: it aggregates no shunts
  std::vector<std::string> missing;   ///< after that; some at most
  std::int64_t lost = 0;              ///< how many are missed after that
  /// It is about what a charge control misses of its cells and temperatures, not about a member.
  bool sensors = false;
  bool operator==(const ForgetAnswer&) const = default;
};

std::string to_json(const ForgetAnswer& answer);
/// nullopt: it is no such answer.
std::optional<ForgetAnswer> parse_forget_answer(std::string_view json);

/// What came of it, and what to do, in lines for people. `name` is what was asked for.
std::string describe(const ForgetAnswer& answer, const std::string& name);

}  // namespace dmb::status
