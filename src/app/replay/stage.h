// SPDX-License-Identifier: MIT
#pragma once

#include "app/replay/audience.h"
#include "app/replay/played_bank.h"
#include "app/replay/played_battery.h"
#include "dmb/config/config.h"
#include "dmb/mapping/topic_tree.h"
#include "dmb/record/line.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dmb::replay {

/// Plays a recording: creates the devices that it tells of, hands them what reached them then, at
/// the time that it had then, and asks what they show when they were asked. Knows no clock, so the
/// same recording is played the same each time, as fast as the machine is.
class Stage {
 public:
  /// `other`: a config instead of the recorded ones, for "what would have been"; devices are the
  /// same by their service names. `audience` must outlive it.
  Stage(std::optional<Config> other, Audience& audience);

  /// The lines of a recording in their order. What a device does not know, or a line that tells of
  /// none that is there, changes nothing.
  void play(const record::Line& line);

  /// nullptr: it is not there.
  Played* find(const std::string& service);

 private:
  void on(const record::Began& began);
  void on(const record::CaughtUp&);
  void on(const record::ConfigLoaded& loaded);
  void on(const record::Created& created);
  void on(const record::Changed& changed);
  void on(const record::Ended& ended);
  void on(const record::Resumed& resumed);
  void on(const record::MessageCame& message);
  void on(const record::OversizedCame& message);
  void on(const record::BrokerConnected& connected);
  void on(const record::BurstsEnded& ended);
  void on(const record::MembersCame& came);
  void on(const record::LookedAround& looked);
  void on(const record::WishesCame& came);
  void on(const record::FullChargeCame& came);
  void on(const record::TodayCame& came);
  void on(const record::MemberForgotten& forgotten);
  void on(const record::SensorsForgotten& forgotten);
  void on(const record::Redetected& redetected);
  void on(const record::Viewed& viewed);
  void on(const record::Decided&) {}
  void on(const record::Gap& gap);

  PlayedBattery* battery(const std::string& service);
  void handle(const std::string& service, const Event& event);
  void let_time_pass(Instant until);
  void look_at(Played& device);
  void end_run();
  void rebuild_routes();
  const std::set<std::size_t>& receivers_of(const std::string& topic);
  void tell_notes();
  void remark(const std::string& text);
  void remark_absent(const std::string& service);

  std::optional<Config> other_;
  Audience& audience_;
  Config config_;
  Instant now_;                       ///< of the line that is played
  std::optional<std::int64_t> part_;  ///< of the recording, as of the last Began
  bool skips_catch_up_ = false;
  std::map<std::string, std::unique_ptr<Played>> devices_;  ///< by service name
  std::vector<PlayedBattery*> batteries_;
  TopicTree routes_;  ///< to batteries_, by index
  std::set<std::size_t> receivers_;
  std::set<std::string> remarked_absent_;
};

}  // namespace dmb::replay
