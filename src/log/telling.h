// SPDX-License-Identifier: MIT
#pragma once

#include "log/narrator.h"

#include <spdlog/spdlog.h>

#include <string>
#include <utility>

namespace dmb {

/// One line, or none, for each kind of note.
struct Narrator::Telling {
  Narrator& narrator;
  const DeviceNames& names;
  Instant now;

  // bank_lines.cpp
  void operator()(const note::NobodyFound&) const;
  void operator()(const note::MemberGone& gone) const;
  void operator()(const note::MemberForgotten& forgotten) const;
  void operator()(const note::MemberStanding& member) const;
  void operator()(const note::CapacityUnknown& member) const;
  void operator()(const note::ChargedVoltagesDiffer& differ) const;
  void operator()(const note::HintFound& found) const;
  void operator()(const note::BankShows& shown) const;
  void operator()(const note::LimitChanged& limit) const;
  void operator()(const note::ChargeVoltageMisfit& misfit) const;
  void operator()(const note::BankHolding& holding) const;
  void operator()(const note::BankLeft& left) const;

  // message_lines.cpp
  void operator()(const note::MessageUnused& unused) const;
  void operator()(const note::FieldUnusable& field) const;
  void operator()(const note::KeyUnknown& unknown) const;
  void operator()(const note::DoubtLasts& lasting) const;
  void operator()(const note::OtherTopic& other) const;
  void operator()(const note::TopicTakesOver& topic) const;
  void operator()(const note::TopicChanged& changed) const;
  void operator()(const note::TopicAskedFor& asked) const;

  // battery_lines.cpp
  void operator()(const note::FirstMessage& first) const;
  void operator()(const note::MessagesBack& back) const;
  void operator()(const note::SourceGone& gone) const;
  void operator()(const note::BatterySilent& silent) const;
  void operator()(const note::BatteryLeft& left) const;
  void operator()(const note::ChargeVoltageRefused&) const;
  void operator()(const note::ChargeStopped& stopped) const;
  void operator()(const note::ChargeLimitsBack&) const;
  void operator()(const note::TemperatureUnknown&) const;
  void operator()(const note::ChargeGoalUnknown&) const;
  void operator()(const note::Switched& switched) const;
  void operator()(const note::TrialHourOver& over) const;
  void operator()(const note::ChargeVoltageLowered& lowered) const;
  void operator()(const note::ChargeVoltageBack& back) const;
  void operator()(const note::DischargeLimitKept&) const;
  void operator()(const note::DischargeStopped&) const;

 private:
  using Level = spdlog::level::level_enum;

  bool may_tell_of_members() const { return narrator.members_.spend(now) == LogBudget::Say::line; }
  std::string battery(const std::string& topic) const;

  /// A line about changes that others can cause without end. Each is a line of its own until there
  /// are too many; then one line says that `what` changes all the time.
  template <typename... Args>
  void say(LogBudget& budget, const std::string& what, Level level,
           spdlog::format_string_t<Args...> text, Args&&... args) const {
    const LogBudget::Say worth = budget.spend(now);
    if (worth == LogBudget::Say::line) spdlog::log(level, text, std::forward<Args>(args)...);
    if (worth == LogBudget::Say::notice)
      spdlog::warn(
          "{} change all the time: no more lines about that until it has stopped for a minute",
          what);
  }
  template <typename... Args>
  void say_of_life(Level level, spdlog::format_string_t<Args...> text, Args&&... args) const {
    say(narrator.life_, "Beginning and end of " + names.device, level, text,
        std::forward<Args>(args)...);
  }
  template <typename... Args>
  void say_of_limits(Level level, spdlog::format_string_t<Args...> text, Args&&... args) const {
    say(narrator.limits_, "The limits of " + names.device, level, text,
        std::forward<Args>(args)...);
  }
};

}  // namespace dmb
