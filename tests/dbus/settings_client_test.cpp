// SPDX-License-Identifier: MIT
#include "dmb/codec/path_element.h"
#include "settings_fixture.h"

#include <memory>
#include <vector>

namespace dmb::test {
namespace {

TEST_F(SettingsClientTest, AllocatesThePreferredInstance) {
  start_settings();
  start_client();
  EXPECT_EQ(identity_after(1), (DeviceIdentity{100, ""}));
  EXPECT_EQ(settings_->store(),
            (FakeSettings::Store{{kInstancePath, "battery:100"}, {kNamePath, ""}}));
  EXPECT_TRUE(log_.lines().empty());
}

TEST_F(SettingsClientTest, UsesTheReturnedInstanceWhenThePreferredIsTaken) {
  start_settings({{"/Settings/Devices/other/ClassAndVrmInstance", "battery:100"}});
  start_client();
  EXPECT_EQ(identity_after(1), (DeviceIdentity{101, ""}));
}

TEST_F(SettingsClientTest, UsesWhatIsStored) {
  start_settings({{kInstancePath, "battery:7"}, {kNamePath, "Shed"}});
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
  start_settings({{kInstancePath, "battery:7"}, {kNamePath, "Shed"}});
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
  store[kNamePath] = "Shed";
  start_settings(store);
  EXPECT_EQ(identity_after(2), (DeviceIdentity{100, "Shed"}));
}

TEST_F(SettingsClientTest, FollowsEditsInTheGui) {
  start_settings();
  start_client();
  identity_after(1);
  settings_->edit(kNamePath, "Shed");
  EXPECT_EQ(identity_after(2), (DeviceIdentity{100, "Shed"}));
  settings_->edit(kInstancePath, "battery:42");
  EXPECT_EQ(identity_after(3), (DeviceIdentity{42, "Shed"}));
}

TEST_F(SettingsClientTest, DoesNotWaitForAServiceThatHangsAndTakesItsLateAnswer) {
  start_settings({{kInstancePath, "battery:7"}, {kNamePath, "Shed"}}, FakeSettings::Manner::hangs);
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
  settings_->announce_integer(kInstancePath, 5);
  settings_->announce_integer(kNamePath, 5);
  settings_->edit(kInstancePath, "vebus:9");
  settings_->edit(kInstancePath, "battery:");
  settings_->edit(kInstancePath, "battery:-4");
  settings_->edit(kInstancePath, "battery:99999999999");
  settings_->edit(kInstancePath, "battery:10000");
  settings_->edit(kNamePath, std::string(100'000, 'x'));
  settle();
  EXPECT_EQ(told().size(), 1U);
  EXPECT_EQ(log_.lines().size(), 1U);
  // An instance is not announced at once: what was believed would come with the next name.
  settings_->edit(kNamePath, "Shed");
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
    sd_bus_message_new_signal(observer().native(), &forged, kInstancePath,
                              "com.victronenergy.BusItem", "PropertiesChanged");
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
  settings_->edit(kNamePath, "Shed");
  EXPECT_EQ(identity_after(2), (DeviceIdentity{100, "Shed"}));
}

TEST_F(SettingsClientTest, StoresANameWithoutHearingItsOwnEcho) {
  start_settings();
  start_client();
  identity_after(1);
  store_name("Garage");
  store_name("Shed");
  ASSERT_TRUE(wait_for([&] { return settings_->store()[kNamePath] == Value("Shed"); }));
  settle();
  EXPECT_EQ(told().size(), 1U);
  EXPECT_EQ(settings_->set_value_calls(), 2);
  settings_->edit(kNamePath, "Attic");
  EXPECT_EQ(identity_after(2), (DeviceIdentity{100, "Attic"}));
  settings_->edit(kNamePath, "Shed");
  EXPECT_EQ(identity_after(3), (DeviceIdentity{100, "Shed"}));
}

TEST_F(SettingsClientTest, StoresANameOnceTheServiceIsThereAndItWinsOverTheStoredOne) {
  start_client();
  identity_after(1);
  store_name("Garage");
  start_settings({{kInstancePath, "battery:7"}, {kNamePath, "Shed"}});
  EXPECT_EQ(identity_after(2), (DeviceIdentity{7, "Garage"}));
  EXPECT_TRUE(wait_for([&] { return settings_->store()[kNamePath] == Value("Garage"); }));
}

TEST_F(SettingsClientTest, StoresANameAgainWhenTheServiceDiedBeforeItTookIt) {
  start_settings();
  start_client();
  identity_after(1);
  const auto store = settings_->store();
  settings_.reset();
  store_name("Garage");
  start_settings(store);
  EXPECT_TRUE(wait_for([&] { return settings_->store()[kNamePath] == Value("Garage"); }));
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
