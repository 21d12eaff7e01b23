// SPDX-License-Identifier: MIT
#include "app/replay/played_bank.h"

#include "app/device_rules.h"

#include <algorithm>
#include <utility>

namespace dmb::replay {
namespace {

/// What a config says of one bank, whichever section it stands in.
struct Found {
  std::string name;
  BankRules rules;
};

std::optional<Found> find(const Config& config, const std::string& service) {
  if (config.shunts && config.shunts->service_name == service)
    return Found{config.shunts->device_name, rules_of(*config.shunts)};
  const auto found = std::ranges::find(config.banks, service, &BankConfig::service_name);
  if (found == config.banks.end()) return std::nullopt;
  return Found{found->device_name, rules_of(*found, config.batteries)};
}

}  // namespace

std::unique_ptr<PlayedBank> PlayedBank::create(const Config& config, const std::string& service) {
  auto found = find(config, service);
  if (!found) return nullptr;
  return std::make_unique<PlayedBank>(service, std::move(found->name), std::move(found->rules));
}

PlayedBank::PlayedBank(const std::string& service, std::string name, BankRules rules)
    : Played(service), name_(std::move(name)), of_(rules.members), bank_(std::move(rules)) {}

std::string_view PlayedBank::member_word() const {
  return of_ == BankOf::batteries ? "battery" : "shunt";
}

bool PlayedBank::change(const Config& config, const std::string& service, Instant now) {
  auto found = find(config, service);
  if (!found || found->rules.members != of_) return false;
  name_ = std::move(found->name);
  service_ = service;
  bank_.change_rules(std::move(found->rules), now);
  return true;
}

void PlayedBank::resume(const State& memory, Instant now) {
  const auto bank = memory.banks.find(service_);
  if (bank != memory.banks.end()) bank_.resume(bank->second, now);
  const auto charge = memory.charge_controls.find(service_);
  if (charge != memory.charge_controls.end()) bank_.resume(charge->second, now);
}

/// One that a recording with a gap never told of cannot be changed.
void PlayedBank::take(const record::MembersCame& came, Instant now) {
  MemberNews news{.all = came.all, .changed = {}, .forgotten = came.forgotten};
  if (came.all) members_.clear();
  for (const auto& [index, member] : came.members) {
    if (came.all) {
      members_.push_back(member);
    } else if (index < members_.size()) {
      members_[index] = member;
      news.changed.push_back(index);
    }
  }
  bank_.handle(event::Members{members_, news, came.looked_round}, now);
}

std::optional<record::Decision> PlayedBank::view(Instant now) {
  bank_.view(now);
  return watch_.look(bank_);
}

}  // namespace dmb::replay
