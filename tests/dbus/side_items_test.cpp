// SPDX-License-Identifier: MIT
#include "dmb/device/side_items.h"

#include "../support/bus_client.h"
#include "../support/loop_runner.h"
#include "../support/private_bus.h"
#include "../support/wait_for.h"
#include "sample_items.h"
#include "sinks/bus/published_service.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace dmb::test {
namespace {

constexpr ItemSpec kToggle{
    .path = "/Switch/#/State", .kind = Kind::count, .max = 1, .traits = Trait::writable};
constexpr ItemSpec kSlider{
    .path = "/Switch/#/Level", .text = {.decimals = 1}, .max = 100, .traits = Trait::writable};
constexpr ItemSpec kName{.path = "/Switch/#/Name", .kind = Kind::text};
constexpr const char* kService = "com.victronenergy.battery.sides";

/// A service with the sample items and two sets of side items, and a client of it.
class SideItemsOnTheBus : public testing::Test {
 protected:
  SideItemsOnTheBus() {
    private_bus_.use_for_this_process();
    toggles_.show({{"/Switch/a/State", {&kToggle, 0}}, {"/Switch/a/Name", {&kName, "A"}}});
    sliders_.show({{"/Switch/b/Level", {&kSlider, 80.0}}});
    bus_ = std::make_unique<Bus>(loop_);
    service_ = std::make_unique<PublishedService>(
        loop_, *bus_, kService, kSampleItems,
        SignalTimes{.min_update_interval = std::chrono::milliseconds(0)},
        [](Quantity, const OptValue&) { return std::nullopt; },
        [this](std::string_view path, const OptValue& value) { return answer(path, value); });
    service_->join(sample_values(), sides_);
    client_ = std::make_unique<BusClient>(private_bus_.address());
    runner_ = std::make_unique<LoopRunner>(loop_);
    EXPECT_TRUE(wait_for([this] {
      bool owned = false;
      runner_->run([&] { owned = service_->owned(); });
      return owned;
    }));
    client_->watch(std::string("type='signal',sender='") + kService + "'");
  }
  ~SideItemsOnTheBus() override {
    runner_->run([this] { service_.reset(); });
    runner_.reset();
  }

  std::optional<OptValue> answer(std::string_view path, const OptValue& value) {
    asked_.emplace_back(path);
    return keep_ ? *keep_ : value;
  }
  template <typename Argument>
  std::string write(const std::string& path, const char* types, Argument argument) {
    return client_->item(kService, path, "SetValue", types, argument).body;
  }
  template <typename Argument>
  std::string write_variant(const std::string& path, const char* type, Argument argument) {
    return client_->item(kService, path, "SetValue", "v", type, argument).body;
  }
  std::string value(const std::string& path) {
    return client_->item(kService, path, "GetValue").body;
  }
  /// As after each turn of the device.
  void update() {
    runner_->run([this] {
      ItemValues values = sample_values();
      service_->update(values, loop_.now(), sides_);
    });
  }
  std::vector<BusClient::Event> signals() {
    client_->settle(kService);
    auto events = client_->events();
    client_->clear_events();
    std::erase_if(events, [](const auto& event) { return event.member == "reply"; });
    return events;
  }

  PrivateBus private_bus_;
  Loop loop_;
  SideItemSet toggles_;
  SideItemSet sliders_;
  std::array<const SideItemSet*, 2> sides_{&toggles_, &sliders_};
  std::unique_ptr<Bus> bus_;
  std::unique_ptr<PublishedService> service_;
  std::unique_ptr<BusClient> client_;
  std::vector<std::string> asked_;
  std::optional<std::optional<OptValue>> keep_;  ///< the answer; else what was written
  std::unique_ptr<LoopRunner> runner_;
};

TEST_F(SideItemsOnTheBus, StandInTheTreeBetweenTheOthers) {
  const std::string all = client_->item(kService, "/", "GetItems").body;
  EXPECT_NE(all.find("\"/Switch/a/State\": {\"Value\": <i 0>"), std::string::npos) << all;
  EXPECT_NE(all.find("\"/Switch/b/Level\": {\"Value\": <d 80>"), std::string::npos) << all;
  EXPECT_NE(all.find("\"/Soc\""), std::string::npos) << all;
  EXPECT_EQ(value("/Switch/a"), "<a{sv} {\"Name\": <s \"A\">, \"State\": <i 0>}>");
}

TEST_F(SideItemsOnTheBus, TakeEveryFormOfANumberAndEchoItAtOnce) {
  const std::string path = "/Switch/a/State";
  EXPECT_EQ(write_variant(path, "i", 1), "0");
  EXPECT_EQ(value(path), "<i 1>");
  EXPECT_EQ(write_variant(path, "d", 0.0), "0");
  EXPECT_EQ(write_variant(path, "b", 1), "0");
  EXPECT_EQ(write(path, "i", 0), "0");
  EXPECT_EQ(value(path), "<i 0>");
  EXPECT_EQ(write_variant("/Switch/b/Level", "i", 55), "0");
  EXPECT_EQ(value("/Switch/b/Level"), "<d 55>");
  const auto events = signals();
  ASSERT_EQ(events.size(), 5U);
  for (const auto& event : events) EXPECT_EQ(event.member, "PropertiesChanged");
  EXPECT_EQ(events[4].body, "{\"Value\": <d 55>, \"Text\": <s \"55.0\">}");
}

TEST_F(SideItemsOnTheBus, RefuseWhatTheirOwnerRefusesAndWhatCannotBe) {
  EXPECT_EQ(write_variant("/Switch/a/State", "i", 2), "1");
  EXPECT_EQ(write_variant("/Switch/a/State", "s", "zz"), "1");
  EXPECT_EQ(write_variant("/Switch/a/Name", "s", "B"), "1");
  EXPECT_TRUE(asked_.empty());
  keep_.emplace();
  EXPECT_EQ(write_variant("/Switch/a/State", "i", 1), "2");
  EXPECT_EQ(value("/Switch/a/State"), "<i 0>");
  EXPECT_TRUE(signals().empty());
}

TEST_F(SideItemsOnTheBus, AskForTheSameValueAgainWithoutASignal) {
  EXPECT_EQ(write_variant("/Switch/a/State", "i", 0), "0");
  EXPECT_EQ(asked_, std::vector<std::string>{"/Switch/a/State"});
  EXPECT_TRUE(signals().empty());
}

TEST_F(SideItemsOnTheBus, SignalAValueThatWasNotKeptAsItWasWritten) {
  keep_ = OptValue(0);
  EXPECT_EQ(write_variant("/Switch/a/State", "i", 1), "0");
  const auto events = signals();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].body, "{\"Value\": <i 0>, \"Text\": <s \"0\">}");
}

TEST_F(SideItemsOnTheBus, GoBackAtTheNextTurnWhereTheirSetSaysSo) {
  EXPECT_EQ(write_variant("/Switch/a/State", "i", 1), "0");
  signals();
  update();  // the set never said 1
  const auto events = signals();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].member, "ItemsChanged");
  EXPECT_EQ(value("/Switch/a/State"), "<i 0>");
}

TEST_F(SideItemsOnTheBus, OneSignalHoldsWhatChangedInAnySetAndNothingElse) {
  runner_->run([this] {
    toggles_.show({{"/Switch/a/State", {&kToggle, 1}}, {"/Switch/a/Name", {&kName, "A"}}});
    sliders_.show({{"/Switch/b/Level", {&kSlider, 70.0}}, {"/Switch/c/Level", {&kSlider, 5.0}}});
  });
  update();
  const auto events = signals();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].body,
            "{\"/Switch/a/State\": {\"Value\": <i 1>, \"Text\": <s \"1\">}, "
            "\"/Switch/b/Level\": {\"Value\": <d 70>, \"Text\": <s \"70.0\">}, "
            "\"/Switch/c/Level\": {\"Value\": <d 5>, \"Text\": <s \"5.0\">}}");
  update();
  EXPECT_TRUE(signals().empty());
}

}  // namespace
}  // namespace dmb::test
