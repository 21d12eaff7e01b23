// SPDX-License-Identifier: MIT
#include "dmb/device/module_page.h"

#include "dmb/battery/cell_page_rows.h"
#include "dmb/battery/fit.h"
#include "dmb/battery/member_quantity.h"
#include "dmb/battery/quantity_rows.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace dmb {
namespace {

constexpr bool is_members_alarm(const QuantityRow& row) {
  return is_of_members(row.merge) && row.path.starts_with("/Alarms/");
}

constexpr auto kAlarmCount =
    static_cast<std::size_t>(std::ranges::count_if(kQuantityRows, is_members_alarm));

/// Every alarm that a member can tell, as the place of its MemberQuantity.
constexpr auto kAlarms = [] {
  std::array<std::size_t, kAlarmCount> places{};
  std::size_t found = 0;
  std::size_t place = 0;
  for (const QuantityRow& row : kQuantityRows) {
    if (!is_of_members(row.merge)) continue;
    if (is_members_alarm(row)) places.at(found++) = place;
    ++place;
  }
  return places;
}();

std::vector<std::optional<double>> alarms_of(const MemberSnapshot& member) {
  std::vector<std::optional<double>> alarms;
  alarms.reserve(kAlarms.size());
  for (const std::size_t place : kAlarms)
    alarms.push_back(member.values[MemberQuantity::at(place)]);
  return alarms;
}

/// An alarm of a module has the path of a battery's own alarm, behind the module's.
void write_module(std::size_t number, const MemberSnapshot& member, SideItems& items) {
  const ItemSpec& row = row_of(PageField::module_id);
  const std::string id = path_of(row, {static_cast<int>(number)});
  const std::string prefix = id.substr(0, id.rfind('/'));
  items[id] = {&row, member.name.empty() ? OptValue() : member.name};
  for (const std::size_t place : kAlarms) {
    const auto alarm = MemberQuantity::at(place);
    const auto& told = member.values[alarm];
    if (!told) continue;
    const ItemSpec& spec = alarm.spec();
    items[prefix + std::string(spec.path)] = {&spec, fit_value(*told, spec)};
  }
}

}  // namespace

/// Only those that have a number are looked at: there may be many more members.
bool ModulePage::is_shown(std::span<const MemberSnapshot> heard) const {
  return heard.size() == heard_ && std::ranges::all_of(modules_, [heard](const Module& module) {
           const MemberSnapshot& member = heard[module.index];
           return module.id == member.id && module.name == member.name &&
                  std::ranges::equal(module.alarms, kAlarms, {}, {}, [&](std::size_t place) {
                    return member.values[MemberQuantity::at(place)];
                  });
         });
}

void ModulePage::show(std::span<const MemberSnapshot> heard) {
  if (is_shown(heard)) return;
  std::vector<std::string_view> ids;
  for (const MemberSnapshot& member : heard) ids.push_back(member.id);
  seats_.take(ids);
  heard_ = heard.size();
  modules_.clear();
  SideItems wanted;
  for (std::size_t i = 0; i < heard.size(); ++i) {
    const auto number = seats_.find(heard[i].id);
    if (!number) continue;
    modules_.push_back({i, heard[i].id, heard[i].name, alarms_of(heard[i])});
    write_module(*number, heard[i], wanted);
  }
  shown_.show(wanted);
}

}  // namespace dmb
