// SPDX-License-Identifier: MIT
#include "app/record/taped_device.h"

#include "app/replay/recording_reader.h"
#include "temporary_folder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace dmb::test {
namespace {

/// Takes everything and decides nothing.
class Idle final : public Device {
 public:
  void handle(const Event&, Instant) override { ++events; }
  const ItemValues& view(Instant) override { return values_; }
  ItemValues& values() override { return values_; }
  Presence presence() const override { return Presence::stays; }
  std::optional<Instant> next_change(Instant) const override { return std::nullopt; }
  Notes take_notes() override { return {}; }

  int events = 0;

 private:
  ItemValues values_;
};

constexpr std::chrono::sys_days kToday{std::chrono::days{20'455}};

class TapedDeviceTest : public testing::Test {
 protected:
  std::vector<std::string> kinds() {
    tape_.change(std::nullopt, true);
    std::vector<std::string> kinds;
    replay::RecordingReader reader(folder_ / "boat.jsonl");
    while (const auto line = reader.next()) kinds.push_back(kind_of(line->what));
    return kinds;
  }
  static std::string kind_of(const record::What& what) {
    if (std::holds_alternative<record::Began>(what)) return "began";
    if (std::holds_alternative<record::Viewed>(what)) return "viewed";
    if (std::holds_alternative<record::Decided>(what)) return "decided";
    if (const auto* wishes = std::get_if<record::WishesCame>(&what))
      return "wishes of " + wishes->device;
    if (const auto* today = std::get_if<record::TodayCame>(&what))
      return "today of " + today->device;
    if (const auto* came = std::get_if<record::MembersCame>(&what))
      return (came->all ? "all " : "changed ") + std::to_string(came->members.size()) + " members";
    return "other";
  }
  void record() { tape_.change(RecordConfig{.path = (folder_ / "boat.jsonl").string()}, true); }

  TemporaryFolder folder_;
  Loop loop_;
  Tape tape_{loop_, [] {}};
  Idle device_;
  std::string service_ = "house";
  bool decides_ = false;
  TapedDevice taped_{tape_, device_, service_, [this](DecisionWatch&) {
                       return decides_ ? std::optional(record::Decision{}) : std::nullopt;
                     }};
};

TEST_F(TapedDeviceTest, EveryEventReachesTheDeviceWhetherItIsRecordedOrNot) {
  taped_.handle(event::Gone{}, {});
  record();
  taped_.handle(event::Gone{}, {});
  taped_.handle(event::Today{kToday}, {});
  EXPECT_EQ(device_.events, 3);
}

TEST_F(TapedDeviceTest, WhatIsMadeOfMessagesIsNotTold) {
  record();
  for (const Event& event : std::initializer_list<Event>{event::Gone{}, event::Heartbeat{}})
    taped_.handle(event, {});
  EXPECT_EQ(kinds(), std::vector<std::string>{"began"});
}

TEST_F(TapedDeviceTest, OfMembersOnlyThoseThatChangedAreTold) {
  record();
  const std::vector<WatchedMember> members(3);
  taped_.handle(event::Members{members, {.all = true, .changed = {}, .forgotten = {}}, true}, {});
  taped_.handle(event::Members{members, {.all = false, .changed = {1}, .forgotten = {}}, true}, {});
  EXPECT_EQ(kinds(), (std::vector<std::string>{"began", "all 3 members", "changed 1 members"}));
}

TEST_F(TapedDeviceTest, ADecisionStandsBehindTheViewThatItCameOf) {
  record();
  taped_.view({});
  decides_ = true;
  taped_.view({});
  EXPECT_EQ(kinds(), (std::vector<std::string>{"began", "viewed", "viewed", "decided"}));
}

TEST_F(TapedDeviceTest, WhatStoodBeforeTheRecordingBeganIsToldUnderTodaysName) {
  taped_.handle(event::Today{kToday}, {});
  taped_.handle(event::Wishes{ManualWishes{}, std::set<std::string>{}}, {});
  service_ = "saloon";
  record();
  taped_.tell_standing_events();
  EXPECT_EQ(kinds(), (std::vector<std::string>{"began", "today of saloon", "wishes of saloon"}));
}

}  // namespace
}  // namespace dmb::test
