// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/member.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

namespace dmb {

/// A member with the given values, by path.
inline MemberSnapshot shunt(const std::string& id,
                            std::initializer_list<std::pair<const char*, double>> values,
                            std::optional<double> capacity_ah = std::nullopt) {
  MemberSnapshot snapshot;
  snapshot.id = id;
  snapshot.service = "com.victronenergy.battery." + id;
  snapshot.name = id;
  snapshot.capacity_ah = capacity_ah;
  for (const auto& [path, value] : values)
    snapshot.values[find_member_quantity(path).value()] = value;
  return snapshot;
}

}  // namespace dmb
