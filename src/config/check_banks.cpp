// SPDX-License-Identifier: MIT
// What can be wrong with members of banks beyond each value on its own.
#include "dmb/bank/member_choice.h"
#include "dmb/battery/letter_case.h"
#include "dmb/battery/service_name.h"
#include "dmb/codec/spelling.h"
#include "dmb/codec/text.h"
#include "dmb/config/bank_members.h"
#include "dmb/config/build.h"

#include <algorithm>
#include <set>

namespace dmb {
namespace {

using Batteries = std::span<const BatteryConfig>;

constexpr std::string_view kOwn = "mqtt";

bool is_label(std::string_view entry, Batteries batteries) {
  return std::ranges::any_of(batteries, [&](const BatteryConfig& battery) {
    return !battery.label.empty() && equals_ignoring_case(battery.label, entry);
  });
}

bool means(std::string_view entry, const BatteryConfig& battery, Batteries batteries) {
  if (is_label(entry, batteries)) return equals_ignoring_case(battery.label, entry);
  return is_named(identity_of(battery), entry);
}

bool is_among(const std::vector<std::string>& entries, const BatteryConfig& battery,
              Batteries batteries) {
  return std::ranges::any_of(entries, [&](const std::string& entry) {
    const bool kind = equals_ignoring_case(entry, kOwn) && !is_label(entry, batteries);
    return kind || means(entry, battery, batteries);
  });
}

std::string quoted(std::string_view text) {
  return '"' + printable(text) + '"';
}

/// One bank's section, and everything about it.
class BankCheck {
 public:
  BankCheck(const SettingsSection& section, const BankConfig& bank, Batteries batteries,
            Problems& problems)
      : section_(section), bank_(bank), batteries_(batteries), problems_(problems) {}

  void run(std::span<const BankConfig> banks) const {
    check_doubles();
    check_other_banks(banks);
    check_spelling();
    check_series();
    check_pairs();
    if (bank_.shunt.empty()) return;
    for (const PairConfig& pair : bank_.pairs)
      if (equals_ignoring_case(pair.shunt, bank_.shunt))
        at("shunt").error(quoted(bank_.shunt) +
                          " is the shunt of a pair as well: it can measure the whole bank, or one "
                          "battery of it");
  }

 private:
  SpotProblems at(const std::string& key) const {
    const Setting* setting = Scope{&section_}.find(key);
    if (setting != nullptr) return {problems_, setting->spot};
    return {problems_, {.line = section_.line, .section = section_.title, .key = key}};
  }

  void check_doubles() const {
    std::set<std::string> seen;
    for (const std::string& entry : bank_.members)
      if (!seen.insert(to_lower(entry)).second)
        at("members").warning(quoted(entry) + " is named twice; it counts once");
  }

  void check_other_banks(std::span<const BankConfig> banks) const {
    for (const std::string& entry : bank_.members)
      for (const BankConfig& other : banks)
        if (equals_ignoring_case(other.label, entry) && !is_label(entry, batteries_))
          at("members").warning(quoted(entry) +
                                " is a bank of this file, and a bank is no member of another one: "
                                "name its members instead");
  }

  /// An entry that names no battery of this file may well be a service of another program.
  void check_spelling() const {
    std::vector<std::string> labels;
    for (const BatteryConfig& battery : batteries_)
      if (!battery.label.empty()) labels.push_back(to_lower(battery.label));
    const std::vector<std::string_view> candidates(labels.begin(), labels.end());
    for (const std::string& entry : bank_.members) check_entry("members", entry, candidates);
    for (const PairConfig& pair : bank_.pairs) check_entry("pair", pair.battery, candidates);
  }

  void check_entry(const std::string& key, const std::string& entry,
                   std::span<const std::string_view> candidates) const {
    const bool is_number = std::ranges::all_of(entry, is_digit);
    if (is_number || is_kind(entry) || is_known(entry)) return;
    const std::string_view near = nearest_word(to_lower(entry), candidates);
    if (near.empty()) return;
    const auto meant = std::ranges::find_if(batteries_, [&](const BatteryConfig& battery) {
      return equals_ignoring_case(battery.label, near);
    });
    at(key).warning(quoted(entry) + " is no battery of this file; did you mean " +
                    quoted(meant->label) + "? Else it is looked for on the bus");
  }

  bool is_known(std::string_view entry) const {
    return std::ranges::any_of(batteries_, [&](const BatteryConfig& battery) {
      return means(entry, battery, batteries_);
    });
  }

  void check_series() const {
    if (bank_.series == 1) return;
    const std::string series = std::to_string(bank_.series);
    if (bank_.members.empty()) {
      return at("series").error(
          "needs members as well: the batteries one after the other as they are wired, " + series +
          " to a string");
    }
    for (const std::string& entry : bank_.members)
      if (is_kind(entry) && !is_label(entry, batteries_))
        at("members").error(quoted(entry) +
                            " may be any number of batteries; with series each is to be named");
    if (bank_.members.size() % static_cast<std::size_t>(bank_.series) != 0)
      at("series").error("must divide the number of members, which is " +
                         std::to_string(bank_.members.size()) + ", not " + quoted(series));
  }

  void check_pairs() const {
    std::set<std::string> batteries;
    std::set<std::string> shunts;
    for (const PairConfig& pair : bank_.pairs) {
      if (!batteries.insert(to_lower(pair.battery)).second)
        at("pair").error(quoted(pair.battery) + " has two shunts; give it one");
      if (!shunts.insert(to_lower(pair.shunt)).second)
        at("pair").error(quoted(pair.shunt) + " is the shunt of two batteries; it measures one");
      check_pair_is_member(pair);
    }
  }

  /// Of a battery on the bus nobody knows here by which of its names it is called there.
  void check_pair_is_member(const PairConfig& pair) const {
    if (bank_.members.empty()) return;
    const auto same = [&](const std::string& entry) {
      return equals_ignoring_case(entry, pair.battery);
    };
    if (std::ranges::any_of(bank_.members, same)) return;
    const auto own = std::ranges::find_if(batteries_, [&](const BatteryConfig& battery) {
      return means(pair.battery, battery, batteries_);
    });
    if (own != batteries_.end() && is_among(bank_.members, *own, batteries_)) return;
    const std::string what = quoted(pair.battery) + " is not among the members; name it there too";
    if (own != batteries_.end()) return at("pair").error(what);
    at("pair").warning(what + ", unless another entry means it");
  }

  const SettingsSection& section_;
  const BankConfig& bank_;
  Batteries batteries_;
  Problems& problems_;
};

/// Adding up two banks, a GX device would count it twice.
void check_shared(const Settings& settings, std::span<const BankConfig> banks, Batteries batteries,
                  Problems& problems) {
  const auto sections = settings.banks();
  for (const BatteryConfig& battery : batteries) {
    const BankConfig* first = nullptr;
    for (std::size_t i = 0; i < banks.size(); ++i) {
      if (!is_member(battery, banks[i], batteries)) continue;
      if (first == nullptr) {
        first = &banks[i];
        continue;
      }
      SpotProblems(problems,
                   {.line = sections[i]->line, .section = sections[i]->title, .key = "members"})
          .warning(quoted(battery.device_name) + " is a member of [BANK " +
                   printable(first->label) +
                   "] as well: it is counted in both. Name the members of each bank");
    }
  }
}

}  // namespace

ServiceIdentity identity_of(const BatteryConfig& battery) {
  return {.service = std::string(kBatteryPrefix) + battery.service_name,
          .custom_name = battery.device_name,
          .device_instance = battery.device_instance};
}

bool is_member(const BatteryConfig& battery, const BankConfig& bank, Batteries batteries) {
  if (bank.members.empty() || is_among(bank.members, battery, batteries)) return true;
  return std::ranges::any_of(
      bank.pairs, [&](const PairConfig& pair) { return means(pair.battery, battery, batteries); });
}

void check_banks(const Settings& settings, std::span<const BankConfig> banks,
                 std::span<const BatteryConfig> batteries, Problems& problems) {
  const auto sections = settings.banks();
  for (std::size_t i = 0; i < banks.size(); ++i)
    BankCheck(*sections[i], banks[i], batteries, problems).run(banks);
  check_shared(settings, banks, batteries, problems);
}

}  // namespace dmb
