// SPDX-License-Identifier: MIT
#include "dmb/bank/composition.h"

#include "dmb/bank/combined_member.h"

#include <algorithm>
#include <map>

namespace dmb {
namespace {

using Parts = std::span<const MemberSnapshot>;
using Part = std::optional<std::size_t>;
using HintKind = BankHint::Kind;

/// So that it does not matter in which order they came.
void claim(Part& claimed, std::size_t part, Parts parts) {
  if (!claimed || parts[part].id < parts[*claimed].id) claimed = part;
}

}  // namespace

void Composition::arrange(Parts parts, Places places) {
  members_.clear();
  member_of_.assign(parts.size(), std::nullopt);
  find_shunts(parts, places);
  find_pairs(parts, places);
  make_strings(parts, places);
  note_members();
}

void Composition::find_shunts(Parts parts, Places places) {
  bank_shunt_.reset();
  pairs_.assign(rules_.pairs.size(), {});
  for (std::size_t part = 0; part < parts.size(); ++part) {
    const MemberPlace& place = places[part];
    if (place.role == MemberRole::bank_shunt) claim(bank_shunt_, part, parts);
    if (place.role == MemberRole::pair_shunt && place.position < pairs_.size())
      claim(pairs_[place.position].shunt, part, parts);
  }
}

void Composition::find_pairs(Parts parts, Places places) {
  for (std::size_t part = 0; part < parts.size(); ++part) {
    const MemberPlace& place = places[part];
    if (place.role == MemberRole::member && place.pair && *place.pair < pairs_.size())
      claim(pairs_[*place.pair].battery, part, parts);
  }
}

void Composition::make_strings(Parts parts, Places places) {
  const std::size_t series = std::max<std::size_t>(rules_.series, 1);
  std::map<std::size_t, std::vector<std::size_t>> strings;  // parts, by number of the string
  for (std::size_t part = 0; part < parts.size(); ++part)
    if (places[part].role == MemberRole::member)
      strings[series > 1 ? places[part].position / series : part].push_back(part);
  for (auto& [number, batteries] : strings) {
    std::ranges::sort(batteries, {}, [&](std::size_t part) {
      return std::pair(places[part].position, std::string_view(parts[part].id));
    });
    Member& member = members_.emplace_back();
    for (const std::size_t part : batteries) {
      const auto pair = std::ranges::find(pairs_, Part(part), &Pair::battery);
      member.batteries.push_back({part, pair == pairs_.end() ? std::nullopt : pair->shunt});
    }
    if (series == 1) continue;
    member.complete = batteries.size() == series;
    for (std::size_t at = 0; at < batteries.size(); ++at)
      member.complete = member.complete && places[batteries[at]].position == number * series + at;
  }
}

void Composition::note_members() {
  for (std::size_t index = 0; index < members_.size(); ++index)
    for (const Battery& battery : members_[index].batteries) {
      member_of_[battery.part] = index;
      if (battery.shunt) member_of_[*battery.shunt] = index;
    }
}

MemberSnapshot Composition::battery(const Battery& battery, Parts parts) const {
  if (!battery.shunt) return parts[battery.part];
  return pair_of(parts[battery.part], parts[*battery.shunt]);
}

MemberSnapshot Composition::member(std::size_t index, Parts parts) const {
  const Member& member = members_[index];
  if (rules_.series <= 1) return battery(member.batteries.front(), parts);
  std::vector<MemberSnapshot> batteries;
  for (const Battery& one : member.batteries) batteries.push_back(battery(one, parts));
  return member.complete ? string_of(batteries, danger_) : torn_string_of(batteries);
}

std::vector<MemberSnapshot> Composition::members(Parts parts) const {
  std::vector<MemberSnapshot> all;
  for (std::size_t index = 0; index < members_.size(); ++index) all.push_back(member(index, parts));
  return all;
}

BankMeasurement Composition::measurement(Parts parts) const {
  if (!bank_shunt_ || !measures(parts[*bank_shunt_])) return {};
  const MemberSnapshot& shunt = parts[*bank_shunt_];
  BankMeasurement measured{.current_a = shunt.values[q("/Dc/0/Current")],
                           .soc_percent = shunt.values[q("/Soc")]};
  if (!measured.soc_percent) return measured;
  measured.consumed_ah = shunt.values[q("/ConsumedAmphours")];
  measured.discharge_floor_percent = shunt.discharge_floor_percent;
  return measured;
}

std::vector<BankHint> Composition::hints(Parts parts) const {
  std::vector<BankHint> hints;
  hint_pairs(parts, hints);
  for (const Member& member : members_) {
    if (member.complete) continue;
    std::vector<MemberSnapshot> batteries;
    for (const Battery& one : member.batteries) batteries.push_back(parts[one.part]);
    hints.push_back({HintKind::string_torn, torn_string_of(batteries).name, "", {}, {}});
  }
  const bool measured = bank_shunt_ && measures(parts[*bank_shunt_]);
  if (!measured && !rules_.bank_shunt.empty())
    hints.push_back({HintKind::bank_shunt_lost, rules_.bank_shunt, "", {}, {}});
  if (measured && !parts[*bank_shunt_].values[q("/Soc")])
    hints.push_back({HintKind::not_synchronised, parts[*bank_shunt_].name, "", {}, {}});
  return hints;
}

void Composition::hint_pairs(Parts parts, std::vector<BankHint>& hints) const {
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    const Pair& pair = pairs_[i];
    const bool measured = pair.shunt && measures(parts[*pair.shunt]);
    const PairNames& names = rules_.pairs[i];
    if (pair.battery && !measured)
      hints.push_back({HintKind::pair_shunt_lost, names.battery, names.shunt, {}, {}});
    if (!pair.battery && pair.shunt)
      hints.push_back({HintKind::pair_battery_lost, names.battery, names.shunt, {}, {}});
    if (pair.battery && measured && !parts[*pair.shunt].values[q("/Soc")])
      hints.push_back({HintKind::not_synchronised, parts[*pair.shunt].name, "", {}, {}});
  }
}

}  // namespace dmb
