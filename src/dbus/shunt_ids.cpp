// SPDX-License-Identifier: MIT
#include "shunt_ids.h"

#include "dmb/codec/text.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace dmb {

namespace {

/// More than any bus will ever see of honest ones.
constexpr std::size_t kMaxRemembered = 1000;

using Texts = std::map<std::string, std::string, std::less<>>;

std::string find_or(const Texts& texts, const std::string& key) {
  const auto found = texts.find(key);
  return found == texts.end() ? key : found->second;
}

void remember(Texts& texts, const std::string& key, const std::string& id) {
  if (texts.size() < kMaxRemembered || texts.contains(key)) texts[key] = id;
}

}  // namespace

const std::string& ShuntIds::id_of(const std::string& service, const std::string& serial) {
  auto found = present_.find(service);
  if (found == present_.end()) {
    Member member{choose(service, serial), ""};
    remember(last_of_service_, service, member.id);
    found = present_.emplace(service, std::move(member)).first;
  }
  learn(service, found->second, serial);
  return found->second.id;
}

void ShuntIds::leave(std::string_view service) {
  const auto found = present_.find(service);
  if (found != present_.end()) present_.erase(found);
}

std::string ShuntIds::choose(const std::string& service, const std::string& serial) const {
  std::string id =
      serial.empty() ? find_or(last_of_service_, service) : find_or(of_serial_, serial);
  if (is_taken(id)) id = service;
  while (is_taken(id)) id += '+';  // somebody who moved from this service still has its name
  return id;
}

bool ShuntIds::is_taken(const std::string& id) const {
  return std::ranges::any_of(present_, [&](const auto& entry) { return entry.second.id == id; });
}

void ShuntIds::learn(const std::string& service, Member& member, const std::string& serial) {
  if (serial.empty() || member.serial == serial) return;
  member.serial = serial;
  const auto known = of_serial_.find(serial);
  if (known == of_serial_.end()) {
    remember(of_serial_, serial, member.id);
  } else if (known->second != member.id && is_taken(known->second)) {
    spdlog::warn(
        "{} has the serial {}, as another SmartShunt has. If they are one and the same, it is "
        "counted twice: add one of the services to exclude_shunts",
        service, printable(serial));
  }
}

}  // namespace dmb
