// SPDX-License-Identifier: MIT
#include "dmb/control/limit_reason.h"

namespace dmb {
namespace {

/// One after the other.
class List {
 public:
  void add(const std::string& text) { text_ += (text_.empty() ? "" : "; ") + text; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string text(std::chrono::seconds delay) {
  return std::to_string(delay.count()) + " s";
}

std::string words(const StopReason& stop) {
  List list;
  for (const auto& [name, causes, heard] : stop.members)
    for (std::size_t cause = 0; cause < stop_cause_count; ++cause)
      if (causes[cause])
        list.add(name + ": " + std::string(kStopCauseWords[cause]) +
                 (heard ? "" : " (not heard since)"));
  if (stop.members.empty()) list.add("stopped before the program started");
  if (!stop.released_after) return list.take();
  return list.take() + " (cleared, released " + text(*stop.released_after) + " later)";
}

std::string words(const ShareReason& share) {
  const std::string members = share.of_batteries ? "batteries" : "shunts";
  List list;
  if (share.nobody_heard)
    list.add(
        describe(share.of_batteries ? BankTrouble::no_battery_heard : BankTrouble::nobody_heard));
  else if (share.lost > 0)
    list.add(std::to_string(share.lost) + " of " + std::to_string(share.expected) + " " + members +
             " lost");
  for (const std::string& name : share.disconnected) list.add(name + ": disconnected");
  for (const std::string& name : share.switched_off) list.add(name + ": switched off");
  if (share.follows_after)
    list.add(members + " are back, their share follows after " + text(*share.follows_after));
  if (!share.percent) return list.take();
  return list.take() + ": limited to " + std::to_string(*share.percent) + " %";
}

std::string words(const MemberReason::Blocked& member, const std::string& what) {
  return member.name + " does not " + what + ": " + member.why;
}

std::string words(const MemberReason& members) {
  const std::string what = members.charging ? "charge" : "discharge";
  List list;
  for (const MemberReason::Blocked& member : members.blocked) list.add(words(member, what));
  if (members.flows) list.add("current flows through it all the same");
  for (const std::string& name : members.lost)
    list.add(name + " is lost" +
             (members.stopped_for_lost ? "" : ", what it allowed last still counts"));
  if (members.stopped_for_lost) list.add("stopped while a battery is lost");
  if (members.none_tells)
    list.add("no battery that is there says how much it may " + what + ": set max_" + what +
             "_current");
  else if (!members.least.empty())
    list.add(members.least + " allows no more");
  if (!members.rises_after) return list.take();
  return list.take() + " (over, the limit rises " + text(*members.rises_after) + " later)";
}

std::string words(BankTrouble trouble) {
  return describe(trouble);
}

std::string words(const ChargeReason& reason) {
  return describe(reason);
}

std::string words(const ManualReason& reason) {
  return describe(reason);
}

template <typename T>
const T* get(const LimitReason& reason) {
  return reason.what() != nullptr ? std::get_if<T>(reason.what()) : nullptr;
}

template <typename T>
bool are_alike(const LimitReason& a, const LimitReason& b) {
  const T* of_a = get<T>(a);
  const T* of_b = get<T>(b);
  return of_a != nullptr && of_b != nullptr && same_cause(*of_a, *of_b);
}

}  // namespace

std::string describe(BankTrouble trouble) {
  if (trouble == BankTrouble::charge_voltage_misfit)
    return "max_charge_voltage does not fit the measured voltage";
  return trouble == BankTrouble::nobody_heard ? "no shunt is heard any more"
                                              : "no battery is heard any more";
}

std::string describe(const LimitReason& reason) {
  if (reason.what() == nullptr) return "";
  return std::visit([](const auto& what) { return words(what); }, *reason.what());
}

bool same_cause(const LimitReason& a, const LimitReason& b) {
  return a == b || are_alike<ChargeReason>(a, b) || are_alike<ManualReason>(a, b);
}

bool is_trouble(const LimitReason& reason) {
  if (const auto* of_control = get<ChargeReason>(reason)) return is_trouble(*of_control);
  if (const auto* of_person = get<ManualReason>(reason)) return is_trouble(*of_person);
  return reason.what() != nullptr;
}

}  // namespace dmb
