// SPDX-License-Identifier: MIT
#include "shunt_ids.h"

#include "dmb/codec/text.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace dmb {

const std::string& ShuntIds::id_of(const std::string& service, const std::string& serial) {
  const auto found = entries_.find(service);
  if (found != entries_.end() && found->second.serial == serial) return found->second.id;
  if (found != entries_.end()) entries_.erase(found);
  const bool is_double = !serial.empty() && is_taken(serial);
  if (is_double) {
    spdlog::warn(
        "{} has the serial {}, as another SmartShunt has. If they are one and the same, it is "
        "counted twice: add one of the services to exclude_shunts",
        service, printable(serial));
  }
  const std::string& id = serial.empty() || is_double ? service : serial;
  return entries_.emplace(service, Entry{serial, id}).first->second.id;
}

void ShuntIds::forget(std::string_view service) {
  const auto found = entries_.find(service);
  if (found != entries_.end()) entries_.erase(found);
}

bool ShuntIds::is_taken(const std::string& id) const {
  return std::ranges::any_of(entries_, [&](const auto& entry) { return entry.second.id == id; });
}

}  // namespace dmb
