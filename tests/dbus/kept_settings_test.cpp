// SPDX-License-Identifier: MIT
#include "settings_fixture.h"

#include <optional>
#include <string>
#include <vector>

namespace dmb::test {
namespace {

const std::string kFolder = "/Settings/Devices/mqtt_battery/";
const std::string kStop = kFolder + "Switch_stop";
const std::string kGoal = kFolder + "Switch_goal";
const std::string kLabel = kFolder + "Switch_label";

/// The settings of a device with a switch, a slider and a label, kept in the settings service.
class KeptSettingsTest : public SettingsClientTest {
 protected:
  KeptSettingsTest() { kept_.offer(specs()); }

  static std::vector<SettingSpec> specs() {
    return {{.name = "Switch_stop", .initial = 0, .min = 0, .max = 1},
            {.name = "Switch_goal", .initial = 100.0, .min = 50, .max = 100},
            {.name = "Switch_label", .initial = ""}};
  }
  void recall(KeptValues memory) {
    kept_ = {};
    kept_.recall(std::move(memory));
    kept_.offer(specs());
  }
  void write(const std::string& name, const Value& value) {
    runner_->run([&, this] {
      kept_.write(name, value);
      client_->store_settings();
    });
  }
  std::optional<Value> value(const std::string& name) {
    std::optional<Value> copy;
    runner_->run([&, this] {
      if (const Value* found = kept_.find(name)) copy = *found;
    });
    return copy;
  }
  KeptValues memory() {
    KeptValues copy;
    runner_->run([&, this] { copy = kept_.memory(); });
    return copy;
  }
  int news() {
    int copy = 0;
    runner_->run([&, this] { copy = kept_news_; });
    return copy;
  }
  bool comes_to_have(const std::string& name, const Value& wanted) {
    return wait_for([&] { return value(name) == wanted; });
  }
  bool comes_to_store(const std::string& path, const Value& wanted) {
    return wait_for([&] {
      const auto store = settings_->store();
      const auto found = store.find(path);
      return found != store.end() && found->second == wanted;
    });
  }
};

TEST_F(KeptSettingsTest, AreCreatedInTheSameCallWithTypeAndRange) {
  start_settings();
  start_client();
  identity_after(1);
  EXPECT_EQ(settings_->store(), (FakeSettings::Store{{kInstancePath, "battery:100"},
                                                     {kNamePath, ""},
                                                     {kStop, 0},
                                                     {kGoal, 100.0},
                                                     {kLabel, ""}}));
  EXPECT_EQ(settings_->range(kGoal), std::pair(50.0, 100.0));
  EXPECT_EQ(settings_->range(kStop), std::pair(0.0, 1.0));
  EXPECT_EQ(settings_->add_settings_calls(), 1);
  EXPECT_EQ(news(), 0);
  EXPECT_TRUE(log_.lines().empty());
}

TEST_F(KeptSettingsTest, HaveWhatIsStoredBeforeTheIdentityIsKnown) {
  start_settings({{kStop, 1}, {kGoal, 80.0}, {kLabel, "Hold"}});
  int news_before = -1;
  runner_->run([&, this] {
    client_ = std::make_unique<SettingsClient>(
        *bus_, loop_, "mqtt_battery", kPreferred,
        [&, this](const DeviceIdentity& identity) {
          news_before = kept_news_;
          told_.push_back(identity);
        },
        kept_, [this] { ++kept_news_; });
  });
  identity_after(1);
  EXPECT_EQ(news_before, 1);
  EXPECT_EQ(value("Switch_stop"), Value(1));
  EXPECT_EQ(value("Switch_goal"), Value(80.0));
  EXPECT_EQ(value("Switch_label"), Value("Hold"));
}

TEST_F(KeptSettingsTest, AreStoredWhenWrittenAndItsEchoIsNoNews) {
  start_settings();
  start_client();
  identity_after(1);
  for (int i = 0; i <= 20; ++i) write("Switch_goal", 60.0 + i);
  write("Switch_stop", 1);
  EXPECT_TRUE(comes_to_store(kGoal, 80.0));
  EXPECT_TRUE(comes_to_store(kStop, 1));
  settle();
  EXPECT_EQ(news(), 0);
  EXPECT_EQ(value("Switch_goal"), Value(80.0));
  EXPECT_TRUE(wait_for([&] {
    return memory() == KeptValues{{"Switch_goal", {80.0, true}}, {"Switch_stop", {1, true}}};
  }));
}

TEST_F(KeptSettingsTest, FollowWhatOthersSetThere) {
  start_settings();
  start_client();
  identity_after(1);
  settings_->edit(kStop, 1);
  EXPECT_TRUE(comes_to_have("Switch_stop", 1));
  settings_->edit(kGoal, 55.5);
  EXPECT_TRUE(comes_to_have("Switch_goal", 55.5));
  EXPECT_EQ(news(), 2);
  EXPECT_EQ(told().size(), 1U) << "the identity is the same";
}

TEST_F(KeptSettingsTest, IgnoreWhatCannotBeWithOneWarningEach) {
  start_settings({{kStop, 7}});
  start_client();
  identity_after(1);
  EXPECT_EQ(value("Switch_stop"), Value(0));
  EXPECT_TRUE(comes_to_store(kStop, 0)) << "what counts is put in its place";
  settle();
  settings_->edit(kGoal, 200.0);
  settings_->edit(kGoal, "eighty");
  settings_->edit(kGoal, -1);
  settings_->edit(kStop, 5);
  settle();
  EXPECT_EQ(value("Switch_goal"), Value(100.0));
  EXPECT_EQ(value("Switch_stop"), Value(0));
  EXPECT_EQ(log_.count("Switch_goal that cannot be"), 1U);
  EXPECT_EQ(news(), 0);
}

TEST_F(KeptSettingsTest, WrittenWhileTheServiceIsAwayAreStoredWhenItIsBackAndWin) {
  start_settings();
  start_client();
  identity_after(1);
  auto store = settings_->store();
  settings_.reset();
  write("Switch_stop", 1);
  EXPECT_EQ(value("Switch_stop"), Value(1));
  EXPECT_EQ(memory(), (KeptValues{{"Switch_stop", {1, false}}}));
  store[kGoal] = 70.0;
  start_settings(store);
  EXPECT_TRUE(comes_to_store(kStop, 1));
  EXPECT_TRUE(comes_to_have("Switch_goal", 70.0));
  settle();
  EXPECT_EQ(value("Switch_stop"), Value(1));
}

TEST_F(KeptSettingsTest, OfAnEarlierRunCountUntilTheServiceAnswersAndThenWhatItHas) {
  recall({{"Switch_stop", {1, true}}, {"Switch_goal", {60.0, false}}});
  start_settings({{kStop, 0}, {kGoal, 90.0}, {kLabel, ""}}, FakeSettings::Manner::hangs);
  start_client();
  settle();
  EXPECT_EQ(value("Switch_stop"), Value(1));
  settings_->answer_kept_calls();
  EXPECT_TRUE(comes_to_have("Switch_stop", 0));
  EXPECT_EQ(value("Switch_goal"), Value(60.0)) << "it was not stored yet";
  EXPECT_TRUE(comes_to_store(kGoal, 60.0));
}

TEST_F(KeptSettingsTest, AreGivenToAServiceThatLostItsStore) {
  recall({{"Switch_stop", {1, true}}});
  start_settings();
  start_client();
  identity_after(1);
  EXPECT_EQ(settings_->store().at(kStop), Value(1));
  EXPECT_EQ(value("Switch_stop"), Value(1));
}

TEST_F(KeptSettingsTest, ThatAppearLaterAreAskedForTogether) {
  start_settings({{kFolder + "Switch_b", 1}});
  start_client();
  identity_after(1);
  runner_->run([this] {
    auto more = specs();
    for (const char* name : {"Switch_a", "Switch_b", "Switch_c"}) {
      more.push_back({.name = name, .initial = 0, .min = 0, .max = 1});
      if (kept_.offer(more)) client_->ask_for_settings();
    }
  });
  EXPECT_TRUE(comes_to_have("Switch_b", 1));
  EXPECT_TRUE(comes_to_store(kFolder + "Switch_c", 0));
  EXPECT_EQ(settings_->add_settings_calls(), 2);
  EXPECT_EQ(told().size(), 1U);
  write("Switch_c", 1);
  EXPECT_TRUE(comes_to_store(kFolder + "Switch_c", 1));
}

TEST_F(KeptSettingsTest, HoldWithoutAService) {
  start_client();
  identity_after(1);
  write("Switch_stop", 1);
  EXPECT_EQ(value("Switch_stop"), Value(1));
  EXPECT_TRUE(log_.lines().empty());
}

TEST_F(KeptSettingsTest, HoldWithAServiceThatTakesNothingAndAreOfferedToTheNext) {
  start_settings({}, FakeSettings::Manner::takes_nothing);
  start_client();
  identity_after(1);
  write("Switch_stop", 1);
  EXPECT_TRUE(wait_for([&] { return log_.count("did not take Switch_stop") == 1; }));
  write("Switch_stop", 1);
  settle();
  EXPECT_EQ(settings_->set_value_calls(), 1) << "it is not asked over and over";
  EXPECT_EQ(value("Switch_stop"), Value(1));
  EXPECT_FALSE(memory().at("Switch_stop").stored);
  const auto store = settings_->store();
  settings_.reset();
  start_settings(store);
  EXPECT_TRUE(comes_to_store(kStop, 1));
}

TEST_F(KeptSettingsTest, HoldWhileTheServiceHangs) {
  start_settings({}, FakeSettings::Manner::hangs);
  start_client();
  settle();
  write("Switch_stop", 1);
  EXPECT_EQ(value("Switch_stop"), Value(1));
  settings_->answer_kept_calls();
  EXPECT_TRUE(comes_to_store(kStop, 1));
  EXPECT_EQ(value("Switch_stop"), Value(1));
}

TEST_F(KeptSettingsTest, OfAnotherTypeThereKeepWhatCountsHere) {
  recall({{"Switch_stop", {1, true}}});
  start_settings({{kStop, "on"}});
  start_client();
  identity_after(1);
  EXPECT_EQ(value("Switch_stop"), Value(1));
  settle();
  EXPECT_EQ(value("Switch_stop"), Value(1));
  EXPECT_EQ(log_.count("Switch_stop that cannot be"), 1U);
}

}  // namespace
}  // namespace dmb::test
