// SPDX-License-Identifier: MIT
#include "dmb/battery/quantity.h"
#include "dmb/codec/text.h"
#include "dmb/device/hint_words.h"
#include "log/telling.h"

namespace dmb {
namespace {

constexpr std::size_t kMaxReason = 300;

std::string text(Quantity id, const std::optional<double>& number) {
  return format_text(number ? OptValue(*number) : std::nullopt, id.spec().text);
}

}  // namespace

void Narrator::Telling::operator()(const note::NobodyFound&) const {
  if (names.member != "shunt")
    return spdlog::warn(
        "{}: none of its batteries is heard yet; waiting for one (do members of its section name "
        "what is there?)",
        names.device);
  spdlog::warn(
      "{}: no SmartShunt on the bus yet; waiting for one (is it connected, or named in "
      "exclude_shunts?)",
      names.device);
}

void Narrator::Telling::operator()(const note::MemberGone& gone) const {
  if (may_tell_of_members())
    spdlog::warn("{}: {} {} is gone; {} left", names.device, names.member, printable(gone.name),
                 gone.left);
}

void Narrator::Telling::operator()(const note::MemberForgotten& forgotten) const {
  spdlog::warn("{}: the missing {} {} is forgotten, as was asked", names.device, names.member,
               printable(forgotten.name));
}

void Narrator::Telling::operator()(const note::MemberStanding& member) const {
  if (!may_tell_of_members()) return;
  if (member.standing == Standing::counted)
    return spdlog::warn("{}: {} {} counts again", names.device, names.member,
                        printable(member.name));
  spdlog::warn("{}: {} {} {}: {}", names.device, names.member, printable(member.name),
               is_heard(member.standing) ? "is left out of the voltage" : "is not counted",
               describe(member.standing));
}

void Narrator::Telling::operator()(const note::CapacityUnknown& member) const {
  spdlog::warn(
      "{}: the battery capacity of {} {} is not known yet, so that of the bank is not either; "
      "set total_capacity, or wait until its SoC is between 10 and 90 %",
      names.device, names.member, printable(member.name));
}

void Narrator::Telling::operator()(const note::ChargedVoltagesDiffer& differ) const {
  spdlog::warn(
      "{}: {} {} has a charged voltage of {:.1f} V, {} {} one of {:.1f} V: set them alike, "
      "or their SoC will drift apart",
      names.device, names.member, printable(differ.name), differ.voltage_v, names.member,
      printable(differ.other), differ.other_voltage_v);
}

void Narrator::Telling::operator()(const note::HintFound& found) const {
  const HintWords words = words_of(found.hint);
  spdlog::info("{}: {}; {}", names.device, printable(words.what, kMaxReason), words.todo);
}

void Narrator::Telling::operator()(const note::BankShows& shown) const {
  spdlog::info("{}: {} {}, {}, {}, {}, SoC {}", names.device, shown.members,
               names.member == "shunt" ? "shunts" : "batteries",
               text(q("/Dc/0/Voltage"), shown.voltage_v), text(q("/Dc/0/Current"), shown.current_a),
               text(q("/Dc/0/Power"), shown.power_w), text(q("/Soc"), shown.soc_percent));
}

void Narrator::Telling::operator()(const note::LimitChanged& limit) const {
  const bool charge = limit.limit == Limit::charge_current;
  const std::string what = charge ? "charging" : "discharging";
  const std::string reason = printable(describe(limit.reason), kMaxReason);
  LogBudget& budget = charge ? narrator.charging_ : narrator.discharging_;
  const auto level = limit.trouble ? spdlog::level::warn : spdlog::level::info;
  const auto tell = [&](const std::string& text) {
    say(budget, "The reasons to limit " + what, level, "{}: {}{}", names.device, what, text);
  };
  if (!limit.allowed) return tell(" stopped: " + reason);
  tell(reason.empty() ? " allowed again" : ": " + reason);
}

void Narrator::Telling::operator()(const note::ChargeVoltageMisfit& misfit) const {
  spdlog::error(
      "{}: max_charge_voltage = {:.1f} V cannot be right for a bank that has {:.1f} V: no BMS is "
      "published. Set it to the charge voltage in the battery's data sheet",
      names.device, misfit.configured_v, misfit.measured_v);
}

void Narrator::Telling::operator()(const note::BankHolding& holding) const {
  spdlog::warn("{}: {}: charging is stopped (CCL 0)", names.device, describe(holding.trouble));
}

void Narrator::Telling::operator()(const note::BankLeft& left) const {
  if (may_tell_of_members())
    spdlog::error("{}: {}; {} leaves the bus until that has changed", names.device,
                  describe(left.trouble), names.bus);
}

}  // namespace dmb
