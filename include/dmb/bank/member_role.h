// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

namespace dmb {

/// What a battery or monitor is to a bank.
enum class MemberRole : std::uint8_t {
  member,
  bank_shunt,  ///< measures current, SoC and ampere-hours of the whole bank; no member
  pair_shunt,  ///< measures for one member; no member of its own
};

/// Where the config puts it.
struct MemberPlace {
  MemberRole role = MemberRole::member;
  /// In the order of the bank's list of members, or of its pairs for a pair_shunt; members that no
  /// entry names stand after all others.
  std::uint16_t position = 0;
  /// Of a member: the pair that it belongs to, in the order of the bank's list of pairs.
  std::optional<std::uint16_t> pair = {};
  bool operator==(const MemberPlace&) const = default;
};

}  // namespace dmb
