// SPDX-License-Identifier: MIT
#include "dmb/device/seats.h"

#include <algorithm>

namespace dmb {

void Seats::take(std::span<const std::string_view> ids) {
  const auto is_away = [ids](const std::string& id) {
    return std::ranges::find(ids, std::string_view(id)) == ids.end();
  };
  for (const std::string_view id : ids) {
    if (find(id)) continue;
    if (ids_.size() < most_) {
      ids_.emplace_back(id);
    } else if (const auto away = std::ranges::find_if(ids_, is_away); away != ids_.end()) {
      *away = id;
    }
  }
}

std::optional<std::size_t> Seats::find(std::string_view id) const {
  const auto seat = std::ranges::find(ids_, id);
  if (seat == ids_.end()) return std::nullopt;
  return static_cast<std::size_t>(seat - ids_.begin());
}

}  // namespace dmb
