// SPDX-License-Identifier: MIT
#include "app/replay/played_bank.h"

#include <algorithm>
#include <utility>

namespace dmb::replay {
namespace {

/// What a config says of one bank, whichever section it stands in.
std::optional<BankSetup> find(const Config& config, const std::string& service) {
  if (config.shunts && config.shunts->service_name == service) return setup_of(*config.shunts, {});
  const auto found = std::ranges::find(config.banks, service, &BankConfig::service_name);
  if (found == config.banks.end()) return std::nullopt;
  return setup_of(*found, config.batteries, {});
}

}  // namespace

std::unique_ptr<PlayedBank> PlayedBank::create(const Config& config, const std::string& service) {
  auto setup = find(config, service);
  return setup ? std::make_unique<PlayedBank>(std::move(*setup)) : nullptr;
}

PlayedBank::PlayedBank(BankSetup setup)
    : Played(setup.description.service_name), setup_(std::move(setup)), bank_(setup_.rules) {}

DeviceDescription PlayedBank::description() const {
  DeviceDescription description = setup_.description;
  description.connection = kConnection;
  return description;
}

std::string_view PlayedBank::member_word() const {
  return setup_.is_of_batteries() ? "battery" : "shunt";
}

bool PlayedBank::change(const Config& config, const std::string& service, Instant now) {
  auto setup = find(config, service);
  if (!setup || setup->rules.members != setup_.rules.members) return false;
  setup_ = std::move(*setup);
  service_ = service;
  bank_.change_rules(setup_.rules, now);
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
