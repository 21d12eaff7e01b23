// SPDX-License-Identifier: MIT
#pragma once

#include "../support/bus_client.h"
#include "../support/fake_settings.h"
#include "../support/log_capture.h"
#include "../support/loop_runner.h"
#include "../support/private_bus.h"
#include "../support/wait_for.h"
#include "dbus/bus.h"
#include "sinks/bus/settings_client.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dmb::test {

inline constexpr const char* kInstancePath = "/Settings/Devices/mqtt_battery/ClassAndVrmInstance";
inline constexpr const char* kNamePath = "/Settings/Devices/mqtt_battery/CustomName";
inline constexpr int kPreferred = 100;

/// A client on a bus of its own, and the settings service to come.
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

}  // namespace dmb::test
