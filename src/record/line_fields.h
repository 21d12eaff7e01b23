// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/record/line.h"

#include <array>
#include <string_view>
#include <tuple>
#include <type_traits>

// How each kind of line is called, and each member of it: the one place for writing and reading.
// A name stays what it is for good, for recordings are kept; a new member gets a new name.
namespace dmb::record {

template <typename T, typename Member>
struct Field {
  std::string_view name;
  Member T::*member;
};
template <typename T, typename Member>
Field(std::string_view, Member T::*) -> Field<T, Member>;  // clang 14 does not find it by itself

/// The members of T in the order in which they are written.
template <typename T>
inline constexpr std::tuple<> kFields;

template <>
inline constexpr std::tuple kFields<Began>{
    Field{"version", &Began::version}, Field{"wall_time_s", &Began::wall_time_s},
    Field{"part", &Began::part}, Field{"catches_up", &Began::catches_up}};
template <>
inline constexpr std::tuple kFields<ConfigLoaded>{Field{"text", &ConfigLoaded::text},
                                                  Field{"presets", &ConfigLoaded::presets}};
template <>
inline constexpr std::tuple kFields<Created>{Field{"device", &Created::device},
                                             Field{"is_bank", &Created::is_bank}};
template <>
inline constexpr std::tuple kFields<Changed>{Field{"was", &Changed::was},
                                             Field{"device", &Changed::device}};
template <>
inline constexpr std::tuple kFields<Ended>{Field{"device", &Ended::device}};
template <>
inline constexpr std::tuple kFields<Resumed>{Field{"device", &Resumed::device},
                                             Field{"memory", &Resumed::memory}};
template <>
inline constexpr std::tuple kFields<MessageCame>{
    Field{"topic", &MessageCame::topic}, Field{"payload", &MessageCame::payload},
    Field{"retained", &MessageCame::retained}, Field{"arrived", &MessageCame::arrived}};
template <>
inline constexpr std::tuple kFields<OversizedCame>{Field{"topic", &OversizedCame::topic},
                                                   Field{"size_bytes", &OversizedCame::size_bytes}};
template <>
inline constexpr std::tuple kFields<BrokerConnected>{Field{"device", &BrokerConnected::device}};
template <>
inline constexpr std::tuple kFields<BurstsEnded>{Field{"device", &BurstsEnded::device}};
template <>
inline constexpr std::tuple kFields<MembersCame>{
    Field{"device", &MembersCame::device}, Field{"all", &MembersCame::all},
    Field{"members", &MembersCame::members}, Field{"forgotten", &MembersCame::forgotten},
    Field{"looked_round", &MembersCame::looked_round}};
template <>
inline constexpr std::tuple kFields<LookedAround>{Field{"device", &LookedAround::device},
                                                  Field{"around", &LookedAround::around}};
template <>
inline constexpr std::tuple kFields<WishesCame>{Field{"device", &WishesCame::device},
                                                Field{"manual", &WishesCame::manual},
                                                Field{"switched_off", &WishesCame::switched_off}};
template <>
inline constexpr std::tuple kFields<FullChargeCame>{Field{"device", &FullChargeCame::device},
                                                    Field{"is_wanted", &FullChargeCame::is_wanted}};
template <>
inline constexpr std::tuple kFields<TodayCame>{Field{"device", &TodayCame::device},
                                               Field{"date", &TodayCame::date}};
template <>
inline constexpr std::tuple kFields<MemberForgotten>{Field{"device", &MemberForgotten::device},
                                                     Field{"name", &MemberForgotten::name}};
template <>
inline constexpr std::tuple kFields<SensorsForgotten>{Field{"device", &SensorsForgotten::device}};
template <>
inline constexpr std::tuple kFields<Redetected>{Field{"device", &Redetected::device}};
template <>
inline constexpr std::tuple kFields<Viewed>{Field{"device", &Viewed::device}};
template <>
inline constexpr std::tuple kFields<Decided>{Field{"device", &Decided::device},
                                             Field{"decision", &Decided::decision}};
template <>
inline constexpr std::tuple kFields<Gap>{Field{"lines", &Gap::lines}};

// --- Parts of them ---

template <>
inline constexpr std::tuple kFields<DecidedLimit>{Field{"value", &DecidedLimit::value},
                                                  Field{"why", &DecidedLimit::why}};
template <>
inline constexpr std::tuple kFields<Decision>{
    Field{"is_present", &Decision::is_present},
    Field{"max_charge_voltage_v", &Decision::max_charge_voltage_v},
    Field{"max_charge_current_a", &Decision::max_charge_current_a},
    Field{"max_discharge_current_a", &Decision::max_discharge_current_a}};
template <>
inline constexpr std::tuple kFields<Surroundings>{
    Field{"other_monitors", &Surroundings::other_monitors},
    Field{"unmatched_entries", &Surroundings::unmatched_entries}};
template <>
inline constexpr std::tuple kFields<ManualWishes>{
    Field{"stop_charge", &ManualWishes::stop_charge},
    Field{"stop_discharge", &ManualWishes::stop_discharge},
    Field{"charge_to_percent", &ManualWishes::charge_to_percent},
    Field{"max_charge_current_a", &ManualWishes::max_charge_current_a},
    Field{"max_discharge_current_a", &ManualWishes::max_discharge_current_a}};
template <>
inline constexpr std::tuple kFields<MemberTexts>{
    Field{"min_cell_id", &MemberTexts::min_cell_id},
    Field{"max_cell_id", &MemberTexts::max_cell_id},
    Field{"min_temperature_id", &MemberTexts::min_temperature_id},
    Field{"max_temperature_id", &MemberTexts::max_temperature_id},
    Field{"ids_named", &MemberTexts::ids_named},
    Field{"charge_mode", &MemberTexts::charge_mode},
    Field{"charge_limitation", &MemberTexts::charge_limitation},
    Field{"discharge_limitation", &MemberTexts::discharge_limitation}};
template <>
inline constexpr std::tuple kFields<MemberSnapshot>{
    Field{"id", &MemberSnapshot::id},
    Field{"service", &MemberSnapshot::service},
    Field{"name", &MemberSnapshot::name},
    Field{"values", &MemberSnapshot::values},
    Field{"standing", &MemberSnapshot::standing},
    Field{"fault", &MemberSnapshot::fault},
    Field{"texts", &MemberSnapshot::texts},
    Field{"capacity_ah", &MemberSnapshot::capacity_ah},
    Field{"discharge_floor_percent", &MemberSnapshot::discharge_floor_percent}};
template <>
inline constexpr std::tuple kFields<MemberPlace>{Field{"role", &MemberPlace::role},
                                                 Field{"position", &MemberPlace::position},
                                                 Field{"pair", &MemberPlace::pair}};
template <>
inline constexpr std::tuple kFields<WatchedMember>{
    Field{"snapshot", &WatchedMember::snapshot},
    Field{"place", &WatchedMember::place},
    Field{"register_capacity_ah", &WatchedMember::register_capacity_ah},
    Field{"register_charged_voltage_v", &WatchedMember::register_charged_voltage_v},
    Field{"register_discharge_floor_percent", &WatchedMember::register_discharge_floor_percent},
    Field{"discharge_floor_doubtful", &WatchedMember::discharge_floor_doubtful},
    Field{"registers_pending", &WatchedMember::registers_pending},
    Field{"others", &WatchedMember::others}};

/// What the kinds of line are called, in the order of What.
inline constexpr std::array<std::string_view, std::variant_size_v<What>> kKinds{
    "began",    "caught_up", "config",      "created",   "changed",       "ended",
    "resumed",  "mqtt",      "oversized",   "connected", "bursts",        "members",
    "around",   "wishes",    "full_charge", "today",     "forget_member", "forget_sensors",
    "redetect", "viewed",    "decided",     "gap"};

/// By Standing.
inline constexpr std::array<std::string_view, 10> kStandingWords{
    "counted",      "disconnected", "not_connected", "no_voltage", "no_alarms",
    "switched_off", "other_bank",   "bms_not_heard", "no_limit",   "charge_voltage_misfit"};
static_assert(static_cast<std::size_t>(Standing::charge_voltage_misfit) + 1 ==
              kStandingWords.size());

/// By MemberRole.
inline constexpr std::array<std::string_view, 3> kRoleWords{"member", "bank_shunt", "pair_shunt"};
static_assert(static_cast<std::size_t>(MemberRole::pair_shunt) + 1 == kRoleWords.size());

/// Whether T is written as an object of its members. Kinds without any (CaughtUp) are as well.
template <typename T>
inline constexpr bool kIsObject =
    std::tuple_size_v<std::remove_const_t<decltype(kFields<T>)>> > 0 || std::is_empty_v<T>;

}  // namespace dmb::record
