// SPDX-License-Identifier: MIT
#include "bank_device_watch.h"

#include "dmb/device/aggregate_view.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace dmb::test {

using namespace std::chrono_literals;

namespace {

/// As the bus shows it.
ShownLimit limit_of(const ItemValues& values, Quantity limit, Quantity allowed, Quantity reason) {
  const auto limit_a = values.number(limit);
  const auto& text = values[reason].value;
  rule(limit_a.has_value(), "a limit of a BMS is not a number");
  rule(text && std::holds_alternative<std::string>(*text), "a limit without a word why");
  return {values.number(allowed) == 1, *limit_a, std::get<std::string>(*text)};
}

/// Shown as they are merged at this moment. The SoC, and what follows from it, may be held for a
/// while; a BMS tells of its own by /Alarms/BmsCable.
bool is_shown_as_merged(MemberQuantity member, bool is_bms) {
  const Quantity id = member.quantity();
  return member.rule() != MergeRule::about && id != q("/Soc") && id != q("/TimeToGo") &&
         !(is_bms && id == q("/Alarms/BmsCable"));
}

}  // namespace

BankDeviceWatch::BankDeviceWatch(const BankRules& rules) : rules_(rules) {
  if (rules_.bms) bms_.emplace(*rules_.bms);
}

void BankDeviceWatch::handle(BankDevice& device, const event::Members& members, Instant now) {
  device.handle(members, now);
  is_news_ = true;
  looked_round_ = members.looked_round;
  if (members.news.all)
    complete_ = std::ranges::none_of(members.all, &WatchedMember::registers_pending);
}

void BankDeviceWatch::restarted(Instant now) {
  watch_.restarted();
  if (bms_) bms_->restarted(now);
  looked_round_ = complete_ = settled_ = false;
  first_member_at_.reset();
  alone_since_.reset();
  discharge_a_.reset();
}

void BankDeviceWatch::look(BankDevice& device, Instant now) {
  const ItemValues& values = watch_.look(device, now);
  if (std::exchange(is_news_, false)) {
    check_standings(device.all(), rules_.standing.alarms_needed);
    if (device.phase() == BankLife::Phase::on) check_merged(device, values);
  }
  check_presence(device, now);
  if (bms_ && has_settled(device, now)) check_limits(device, values, now);
  if (device.phase() == BankLife::Phase::holding) check_last_word(values);
  discharge_a_ = on_bus() ? values.number(q("/Info/MaxDischargeCurrent")) : std::nullopt;
}

/// Whether all that can be known at once is known: before that nobody is missed, and nothing shown.
bool BankDeviceWatch::has_settled(const BankDevice& device, Instant now) {
  if (settled_) return true;
  if (device.members().empty()) {
    first_member_at_.reset();
    return false;
  }
  if (!first_member_at_) first_member_at_ = now;
  settled_ = (looked_round_ && complete_) || now >= *first_member_at_ + 500ms;
  return settled_;
}

void BankDeviceWatch::check_presence(const BankDevice& device, Instant now) {
  const bool alone = device.members().empty();
  if (!alone) alone_since_.reset();
  if (alone && !alone_since_) alone_since_ = now;
  rule(!on_bus() || !alone || (bms_ && now - *alone_since_ < 10s), "on the bus for nobody");
  rule(!on_bus() || alone ||
           device.values().number(q("/System/NrOfModulesOnline")) ==
               static_cast<double>(device.members().size()),
       "another number of members");
}

void BankDeviceWatch::check_merged(const BankDevice& device, const ItemValues& values) const {
  const Aggregate fresh = aggregate(device.members(), rules_.aggregate);
  check_aggregate(device.members(), rules_.aggregate, fresh);
  ItemValues expected;
  create_aggregate_items(BankOf::shunts, expected);
  show_aggregate(fresh, expected);
  for (const MemberQuantity member : kAllMemberQuantities)
    rule_with(!is_shown_as_merged(member, bms_.has_value()) ||
                  values[member.quantity()] == expected[member.quantity()],
              [&] { return std::string(member.spec().path) + " is not what the members give"; });
  rule(bms_ || !values[q("/Info/MaxChargeVoltage")].exists, "a monitor with a limit");
}

/// Also while nothing is shown: what has to wait for its time must not be found waiting later.
void BankDeviceWatch::check_limits(const BankDevice& device, const ItemValues& values,
                                   Instant now) {
  const auto mute = std::ranges::count_if(device.all(), [](const MemberSnapshot& member) {
    return !is_heard(member.standing) && member.standing != Standing::other_bank;
  });
  bms_->set_mute(static_cast<std::size_t>(mute));
  if (device.phase() != BankLife::Phase::on) return bms_->look(device.members(), now, std::nullopt);
  const auto cvl = values.number(q("/Info/MaxChargeVoltage"));
  const double configured_v = rules_.bms->max_charge_voltage_v.value();
  rule(cvl && *cvl <= configured_v, "a charge voltage that is not configured");
  rule(cvl == configured_v || device.limits()->max_charge_voltage.cause == Cause::goes_on,
       "another charge voltage");
  bms_->look(device.members(), now,
             ShownLimits{limit_of(values, q("/Info/MaxChargeCurrent"), q("/Io/AllowToCharge"),
                                  q("/Info/ChargeLimitation")),
                         limit_of(values, q("/Info/MaxDischargeCurrent"), q("/Io/AllowToDischarge"),
                                  q("/Info/DischargeLimitation")),
                         values.number(q("/Alarms/BmsCable")) != 0});
}

/// The zero for the chargers, before the bank leaves.
void BankDeviceWatch::check_last_word(const ItemValues& values) const {
  rule(
      values.number(q("/Info/MaxChargeCurrent")) == 0 && values.number(q("/Io/AllowToCharge")) == 0,
      "charging goes on while the bank leaves");
  rule(values.number(q("/Info/MaxChargeVoltage")).has_value(), "no charge voltage: no BMS");
  const auto discharge_a = values.number(q("/Info/MaxDischargeCurrent"));
  rule(discharge_a && (!discharge_a_ || *discharge_a <= *discharge_a_),
       "discharging rises while the bank leaves");
  rule(!rules_.bms->stop_discharge_when_all_lost || discharge_a == 0,
       "discharging goes on while the bank leaves");
}

}  // namespace dmb::test
