// SPDX-License-Identifier: MIT
#include "sinks/bus/settings_client.h"

#include "../support/bus_client.h"
#include "../support/fake_settings.h"
#include "../support/log_capture.h"
#include "../support/loop_runner.h"
#include "../support/private_bus.h"
#include "../support/wait_for.h"
#include "dbus/bus.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <vector>

namespace dmb::test {
namespace {

constexpr const char* kInstance = "/Settings/Devices/mqtt_battery/ClassAndVrmInstance";
constexpr const char* kCustomName = "/Settings/Devices/mqtt_battery/CustomName";
constexpr int kPreferred = 100;

class SettingsClientTest : public testing::Test {
 protected:
  SettingsClientTest() {
    private_bus_.use_for_this_process();
    bus_ = std::make_unique<Bus>(loop_);
    runner_ = std::make_unique<LoopRunner>(loop_);
  }
  ~SettingsClientTest() override {
    runner_->run([this] { client_.reset(); });
    runner_.reset();
  }

  void start_settings(FakeSettings::Store store = {},
                      FakeSettings::Manner manner = FakeSettings::Manner::honest) {
    settings_ = std::make_unique<FakeSettings>(private_bus_.address(), std::move(store), manner);
  }
  void start_client(const std::string& device_id = "mqtt_battery") {
    runner_->run([&, this] {
      client_ = std::make_unique<SettingsClient>(
          *bus_, loop_, device_id, kPreferred,
          [this](const DeviceIdentity& identity) { told_.push_back(identity); }, kept_,
          [this] { ++kept_news_; });
      EXPECT_TRUE(told_.empty()) << "called from within the constructor";
    });
  }
  void store_name(const std::string& name) {
    runner_->run([&, this] { client_->store_custom_name(name); });
  }
  std::vector<DeviceIdentity> told() {
    std::vector<DeviceIdentity> copy;
    runner_->run([&, this] { copy = told_; });
    return copy;
  }
  /// Waits until the listener was called `times` times; returns the last identity.
  DeviceIdentity identity_after(std::size_t times) {
    EXPECT_TRUE(wait_for([&] { return told().size() >= times; })) << "told " << told().size();
    const auto all = told();
    EXPECT_EQ(all.size(), times);
    return all.empty() ? DeviceIdentity{-1, "never told"} : all.back();
  }
  /// All that the settings service sent before now has been seen by the client.
  void settle() {
    const char* name = nullptr;
    runner_->run([&] { sd_bus_get_unique_name(bus_->native(), &name); });
    if (settings_) settings_->store();
    observer().call(name, "/", "org.freedesktop.DBus.Peer", "Ping");
    runner_->run([] {});
  }
  BusClient& observer() {
    if (!observer_) observer_ = std::make_unique<BusClient>(private_bus_.address());
    return *observer_;
  }

  LogCapture log_;
  PrivateBus private_bus_;
  Loop loop_;
  std::unique_ptr<Bus> bus_;
  KeptSettings kept_;
  int kept_news_ = 0;
  std::unique_ptr<SettingsClient> client_;
  std::vector<DeviceIdentity> told_;
  std::unique_ptr<FakeSettings> settings_;
  std::unique_ptr<BusClient> observer_;
  std::unique_ptr<LoopRunner> runner_;
};

TEST_F(SettingsClientTest, AllocatesThePreferredInstance) {
  start_settings();
  start_client();
  EXPECT_EQ(identity_after(1), (DeviceIdentity{100, ""}));
  EXPECT_EQ(settings_->store(),
            (FakeSettings::Store{{kInstance, "battery:100"}, {kCustomName, ""}}));
  EXPECT_TRUE(log_.lines().empty());
}

TEST_F(SettingsClientTest, UsesTheReturnedInstanceWhenThePreferredIsTaken) {
  start_settings({{"/Settings/Devices/other/ClassAndVrmInstance", "battery:100"}});
  start_client();
  EXPECT_EQ(identity_after(1), (DeviceIdentity{101, ""}));
}

TEST_F(SettingsClientTest, UsesWhatIsStored) {
  start_settings({{kInstance, "battery:7"}, {kCustomName, "Shed"}});
  start_client();
  EXPECT_EQ(identity_after(1), (DeviceIdentity{7, "Shed"}));
}

TEST_F(SettingsClientTest, UsesThePreferredInstanceAtOnceWhenThereIsNoService) {
  start_client();
  EXPECT_EQ(identity_after(1), (DeviceIdentity{100, ""}));
  EXPECT_TRUE(log_.lines().empty());
}

TEST_F(SettingsClientTest, AllocatesWhenTheServiceAppearsLater) {
  start_client();
  EXPECT_EQ(identity_after(1).instance, 100);
  start_settings({{kInstance, "battery:7"}, {kCustomName, "Shed"}});
  EXPECT_EQ(identity_after(2), (DeviceIdentity{7, "Shed"}));
}

TEST_F(SettingsClientTest, IsQuietWhenTheServiceAppearsLaterAndAgrees) {
  start_client();
  EXPECT_EQ(identity_after(1).instance, 100);
  start_settings();
  ASSERT_TRUE(wait_for([&] { return settings_->add_settings_calls() == 1; }));
  settle();
  EXPECT_EQ(told().size(), 1U);
}

TEST_F(SettingsClientTest, ReadsAgainAfterARestart) {
  start_settings();
  start_client();
  EXPECT_EQ(identity_after(1), (DeviceIdentity{100, ""}));
  auto store = settings_->store();
  settings_.reset();
  store[kCustomName] = "Shed";
  start_settings(store);
  EXPECT_EQ(identity_after(2), (DeviceIdentity{100, "Shed"}));
}

TEST_F(SettingsClientTest, FollowsEditsInTheGui) {
  start_settings();
  start_client();
  identity_after(1);
  settings_->edit(kCustomName, "Shed");
  EXPECT_EQ(identity_after(2), (DeviceIdentity{100, "Shed"}));
  settings_->edit(kInstance, "battery:42");
  EXPECT_EQ(identity_after(3), (DeviceIdentity{42, "Shed"}));
}

TEST_F(SettingsClientTest, DoesNotWaitForAServiceThatHangsAndTakesItsLateAnswer) {
  start_settings({{kInstance, "battery:7"}, {kCustomName, "Shed"}}, FakeSettings::Manner::hangs);
  const auto start = std::chrono::steady_clock::now();
  start_client();
  EXPECT_EQ(identity_after(1), (DeviceIdentity{100, ""}));
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(1900));
  EXPECT_EQ(log_.count("warning Using VRM instance 100"), 1U);
  settings_->answer_kept_calls();
  EXPECT_EQ(identity_after(2), (DeviceIdentity{7, "Shed"}));
}

TEST_F(SettingsClientTest, StandsWhenTheServiceDiesBeforeItAnswers) {
  start_settings({}, FakeSettings::Manner::hangs);
  start_client();
  settle();
  settings_.reset();
  EXPECT_EQ(identity_after(1), (DeviceIdentity{100, ""}));
}

class SettingsClientLies : public SettingsClientTest,
                           public testing::WithParamInterface<FakeSettings::Manner> {};

TEST_P(SettingsClientLies, KeepThePreferredInstanceAndCostOneWarning) {
  start_settings({}, GetParam());
  start_client();
  EXPECT_EQ(identity_after(1), (DeviceIdentity{100, ""}));
  EXPECT_EQ(log_.count("warning Using VRM instance 100"), 1U);
  EXPECT_EQ(log_.lines().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Manners, SettingsClientLies,
    testing::Values(FakeSettings::Manner::wrong_types, FakeSettings::Manner::other_class,
                    FakeSettings::Manner::malformed_number, FakeSettings::Manner::missing_entries,
                    FakeSettings::Manner::error_codes, FakeSettings::Manner::wrong_signature,
                    FakeSettings::Manner::refuses));

TEST_F(SettingsClientTest, IgnoresNonsenseInSignals) {
  start_settings();
  start_client();
  identity_after(1);
  settings_->announce_integer(kInstance, 5);
  settings_->announce_integer(kCustomName, 5);
  settings_->edit(kInstance, "vebus:9");
  settings_->edit(kInstance, "battery:");
  settings_->edit(kInstance, "battery:-4");
  settings_->edit(kInstance, "battery:99999999999");
  settings_->edit(kInstance, "battery:10000");
  settings_->edit(kCustomName, std::string(100'000, 'x'));
  settle();
  EXPECT_EQ(told().size(), 1U);
  EXPECT_EQ(log_.lines().size(), 1U);
  // An instance is not announced at once: what was believed would come with the next name.
  settings_->edit(kCustomName, "Shed");
  EXPECT_EQ(identity_after(2), (DeviceIdentity{100, "Shed"}));
}

TEST_F(SettingsClientTest, DoesNotBelieveSomebodyElse) {
  start_settings();
  start_client();
  identity_after(1);
  const char* name = nullptr;
  runner_->run([&] { sd_bus_get_unique_name(bus_->native(), &name); });
  for (const bool directly : {false, true}) {
    sd_bus_message* forged = nullptr;
    sd_bus_message_new_signal(observer().native(), &forged, kInstance, "com.victronenergy.BusItem",
                              "PropertiesChanged");
    sd_bus_message_append(forged, "a{sv}", 1, "Value", "s", "battery:13");
    if (directly) sd_bus_message_set_destination(forged, name);
    sd_bus_send(observer().native(), forged, nullptr);
    sd_bus_message_unref(forged);
  }
  sd_bus_message* forged = nullptr;
  sd_bus_message_new_signal(observer().native(), &forged, "/org/freedesktop/DBus",
                            "org.freedesktop.DBus", "NameOwnerChanged");
  sd_bus_message_append(forged, "sss", "com.victronenergy.settings", "", ":1.999");
  sd_bus_message_set_destination(forged, name);
  sd_bus_send(observer().native(), forged, nullptr);
  sd_bus_message_unref(forged);
  settle();
  EXPECT_EQ(told().size(), 1U);
  EXPECT_EQ(settings_->add_settings_calls(), 1);
  // An instance is not announced at once: a forged one would come with the next name.
  settings_->edit(kCustomName, "Shed");
  EXPECT_EQ(identity_after(2), (DeviceIdentity{100, "Shed"}));
}

TEST_F(SettingsClientTest, StoresANameWithoutHearingItsOwnEcho) {
  start_settings();
  start_client();
  identity_after(1);
  store_name("Garage");
  store_name("Shed");
  ASSERT_TRUE(wait_for([&] { return settings_->store()[kCustomName] == "Shed"; }));
  settle();
  EXPECT_EQ(told().size(), 1U);
  EXPECT_EQ(settings_->set_value_calls(), 2);
  settings_->edit(kCustomName, "Attic");
  EXPECT_EQ(identity_after(2), (DeviceIdentity{100, "Attic"}));
  settings_->edit(kCustomName, "Shed");
  EXPECT_EQ(identity_after(3), (DeviceIdentity{100, "Shed"}));
}

TEST_F(SettingsClientTest, StoresANameOnceTheServiceIsThereAndItWinsOverTheStoredOne) {
  start_client();
  identity_after(1);
  store_name("Garage");
  start_settings({{kInstance, "battery:7"}, {kCustomName, "Shed"}});
  EXPECT_EQ(identity_after(2), (DeviceIdentity{7, "Garage"}));
  EXPECT_TRUE(wait_for([&] { return settings_->store()[kCustomName] == "Garage"; }));
}

TEST_F(SettingsClientTest, StoresANameAgainWhenTheServiceDiedBeforeItTookIt) {
  start_settings();
  start_client();
  identity_after(1);
  const auto store = settings_->store();
  settings_.reset();
  store_name("Garage");
  start_settings(store);
  EXPECT_TRUE(wait_for([&] { return settings_->store()[kCustomName] == "Garage"; }));
  settle();
  EXPECT_EQ(told().size(), 1U);
}

TEST_F(SettingsClientTest, SurvivesHostileCharactersInTheDeviceId) {
  start_settings();
  start_client("mqtt-battery.\xC3\xA9/1:2");
  EXPECT_EQ(identity_after(1).instance, 100);
  EXPECT_TRUE(settings_->store().contains(
      "/Settings/Devices/mqtt_2Dbattery_2E_C3_A9_2F1_3A2/ClassAndVrmInstance"));
  EXPECT_TRUE(log_.lines().empty());
}

TEST_F(SettingsClientTest, MayBeDestroyedByItsListener) {
  start_settings();
  bool told = false;
  runner_->run([&, this] {
    client_ = std::make_unique<SettingsClient>(
        *bus_, loop_, "mqtt_battery", kPreferred,
        [&, this](const DeviceIdentity& identity) {
          client_.reset();
          told = identity.instance == 100;
        },
        kept_, [] {});
  });
  EXPECT_TRUE(wait_for([&] {
    bool seen = false;
    runner_->run([&] { seen = told; });
    return seen;
  }));
}

TEST(SettingsPathElement, EscapesWhatAPathMayNotHold) {
  EXPECT_EQ(settings_path_element("mqtt_battery_2"), "mqtt_battery_2");
  EXPECT_EQ(settings_path_element("a b"), "a_20b");
  EXPECT_EQ(settings_path_element("_a"), "x_a");
  EXPECT_EQ(settings_path_element("-"), "x_2D");
  EXPECT_EQ(settings_path_element(""), "x");
}

}  // namespace
}  // namespace dmb::test
