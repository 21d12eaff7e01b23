// SPDX-License-Identifier: MIT
#include "dmb/battery/letter_case.h"
#include "dmb/codec/text.h"
#include "dmb/config/bank_members.h"
#include "dmb/config/build.h"
#include "dmb/config/ini_value.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

namespace dmb {
namespace {

using std::chrono::seconds;
using Names = std::vector<std::string>;

std::string service_name_of(int device_instance) {
  return "bank_" + std::to_string(device_instance);
}

PairConfig pair_of(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  return {.battery = std::string(trim(text.substr(0, colon))),
          .shunt = std::string(trim(text.substr(colon + 1)))};
}

void read_member_loss(const Scope& own, BankConfig& bank) {
  const auto told = own.get<std::string>("when_member_lost");
  if (!told || *told == "shrink") return;
  if (*told == "stop") {
    bank.when_member_lost = MemberLoss::stop;
    return;
  }
  int span = 0;
  std::from_chars(told->data(), told->data() + told->size(), span);
  bank.when_member_lost = MemberLoss::keep;
  bank.keep = seconds(span);
}

void read_members(const Scope& own, BankConfig& bank) {
  bank.members = own.get_or<Names>("members", {});
  bank.shunt = own.get_or<std::string>("shunt", {});
  for (const std::string& pair : own.get_or<Names>("pair", {})) bank.pairs.push_back(pair_of(pair));
  bank.series = own.get_or("series", bank.series);
  bank.show_members = own.get_or("show_members", bank.show_members);
  bank.expected = own.get<int>("expected");
  read_member_loss(own, bank);
}

void read_limits(const Scope& own, BankConfig& bank) {
  bank.total_capacity_ah = own.get<double>("total_capacity");
  bank.max_charge_voltage_v = own.get<double>("max_charge_voltage");
  bank.max_charge_current_a = own.get<double>("max_charge_current");
  bank.max_discharge_current_a = own.get<double>("max_discharge_current");
}

void claim_bank(const SettingsSection& section, const BankConfig& bank, Claims& claims) {
  const Scope own{&section};
  add_claim(claims.instances, std::to_string(bank.device_instance), section,
            own.find("device_instance"));
  add_claim(claims.service_names, bank.service_name, section, own.find("service_name"));
}

BankConfig build_bank(const Settings& settings, const SettingsSection& section,
                      Problems& problems) {
  const SettingsSection& general = settings.of(Family::general);
  const Scope own{&section};
  BankConfig bank;
  bank.label = section.label;
  bank.device_name =
      own.get_or("device_name", shown_label(section, std::string(kBankProductName), problems));
  bank.device_instance = own.get_or("device_instance", bank.device_instance);
  bank.service_name = own.get_or("service_name", service_name_of(bank.device_instance));
  read_members(own, bank);
  read_limits(own, bank);
  bank.danger = build_danger(own, problems);
  if (const auto period = own.get<int>("log_period")) bank.log_period = seconds(*period);
  // [DEFAULT] has no limits and members for a bank: there they are those of the SmartShunts.
  const Scope rules{&section, &general};
  read_publishing(rules, bank);
  check_timeout(section, rules, BankConfig{}.timeout, bank.timeout, problems);
  bank.control = own.get_or("control", bank.control);
  bank.stop_discharge_on_timeout =
      rules.get_or("stop_discharge_on_timeout", bank.stop_discharge_on_timeout);
  bank.product_id = own.get<int>("product_id");
  bank.cell_page = rules.get_or("cell_page", bank.cell_page);
  bank.switches = rules.get_or("switches", bank.switches);
  bank.time_to_go = build_time_to_go({&section, &settings.of(Family::time_to_go), &general});
  return bank;
}

/// One bank can do with the default number; the next one has to say its own.
void check_instance(const SettingsSection& section, bool first, FreeInstances& free,
                    Problems& problems) {
  if (first || Scope{&section}.find("device_instance") != nullptr) return;
  SpotProblems(problems, {.line = section.line, .section = section.title, .key = "device_instance"})
      .error("is missing; every further bank needs a number of its own, e.g. device_instance = " +
             std::to_string(free.take()));
}

}  // namespace

std::vector<BankConfig> build_banks(const Settings& settings, std::vector<BatteryConfig>& batteries,
                                    Problems& problems, Claims& claims) {
  std::vector<BankConfig> banks;
  FreeInstances free(settings, BankConfig{}.device_instance);
  for (const SettingsSection* section : settings.banks()) {
    check_instance(*section, banks.empty(), free, problems);
    banks.push_back(build_bank(settings, *section, problems));
    if (banks.size() == 1 || Scope{section}.find("device_instance") != nullptr)
      claim_bank(*section, banks.back(), claims);
  }
  check_banks(settings, banks, batteries, problems);
  for (BatteryConfig& battery : batteries)
    battery.on_bus = std::ranges::none_of(banks, [&](const BankConfig& bank) {
      return !bank.show_members && is_member(battery, bank, batteries);
    });
  return banks;
}

}  // namespace dmb
