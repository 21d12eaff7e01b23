// SPDX-License-Identifier: MIT
#include "sinks/bus/bus_name.h"

#include "../support/log_capture.h"
#include "../support/wait_for.h"
#include "service_fixture.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>

namespace dmb::test {
namespace {

constexpr const char* kName = "com.victronenergy.battery.mqtt_battery";
constexpr std::chrono::milliseconds kSoon{30};

class BusNameTest : public ServiceFixture {
 protected:
  ~BusNameTest() override {
    if (runner_) runner_->run([this] { bus_name_.reset(); });
  }

  void take(std::chrono::milliseconds retry_every = kSoon) {
    runner_->run([&, this] {
      bus_name_ = std::make_unique<BusName>(
          *bus_, loop_, kName, [this] { ++acquired_; }, retry_every);
    });
  }
  bool owned() {
    bool owned = false;
    runner_->run([&] { owned = bus_name_->owned(); });
    return owned;
  }

  LogCapture log_;
  std::atomic<int> acquired_ = 0;
  std::unique_ptr<BusName> bus_name_;
};

TEST_F(BusNameTest, TakesAFreeNameAndReleasesIt) {
  take();
  ASSERT_TRUE(wait_for([&] { return acquired_ == 1; }));
  EXPECT_TRUE(owned());
  EXPECT_EQ(client_->owner_of(kName), name_);
  runner_->run([this] { bus_name_.reset(); });
  ASSERT_TRUE(client_->wait_for([&] { return client_->owner_of(kName).empty(); }));
  EXPECT_TRUE(log_.lines().empty());
}

TEST_F(BusNameTest, ShowsTheSameItemsBeforeAndAfterTheNameIsTaken) {
  const auto before = item("/", "GetItems").body;
  take();
  ASSERT_TRUE(wait_for([&] { return acquired_ == 1; }));
  EXPECT_EQ(client_->item(kName, "/", "GetItems").body, before);
}

TEST_F(BusNameTest, TellsOnceWhoHasTheNameAndTakesItWhenThatOneLeaves) {
  auto other = std::make_unique<BusClient>(private_bus_.address());
  ASSERT_TRUE(other->request_name(kName));
  take();
  ASSERT_TRUE(wait_for([&] { return !log_.lines().empty(); }));
  const std::string line = log_.lines().front();
  EXPECT_NE(line.find("error com.victronenergy.battery.mqtt_battery is already taken by "),
            std::string::npos)
      << line;
  EXPECT_NE(line.find("(pid " + std::to_string(::getpid()) + ")"), std::string::npos) << line;
  EXPECT_FALSE(owned());
  EXPECT_EQ(client_->owner_of(kName), other->unique_name());

  other.reset();
  ASSERT_TRUE(wait_for([&] { return acquired_ == 1; }));
  EXPECT_EQ(client_->owner_of(kName), name_);
  EXPECT_EQ(log_.lines().size(), 1U);
}

TEST_F(BusNameTest, StaysQuietWhileTheNameStaysTaken) {
  constexpr std::chrono::milliseconds kTryEvery{5};
  BusClient other(private_bus_.address());
  ASSERT_TRUE(other.request_name(kName));
  take(kTryEvery);
  ASSERT_TRUE(wait_for([&] { return !log_.lines().empty(); }));
  // A timer of the same period on the same loop: when it has run, so have the tries.
  std::atomic<int> ticks = 0;
  Timer timer;
  runner_->run([&] {
    timer = loop_.add_timer([&] {
      ++ticks;
      timer.arm(loop_.now() + kTryEvery);
    });
    timer.arm(loop_.now());
  });
  ASSERT_TRUE(wait_for([&] { return ticks >= 20; }));
  runner_->run([&] { timer = {}; });
  EXPECT_EQ(log_.lines().size(), 1U);
}

TEST_F(BusNameTest, ReportsANameTheDaemonRefuses) {
  runner_->run([&, this] {
    bus_name_ = std::make_unique<BusName>(*bus_, loop_, "org.freedesktop.DBus", nullptr, kSoon);
  });
  ASSERT_TRUE(wait_for([&] { return log_.count("refuses the name org.freedesktop.DBus") == 1; }));
}

TEST_F(BusNameTest, TakesTheNameBackAfterLosingIt) {
  take();
  ASSERT_TRUE(wait_for([&] { return acquired_ == 1; }));
  runner_->run([this] {
    sd_bus_call_method_async(bus_->native(), nullptr, "org.freedesktop.DBus",
                             "/org/freedesktop/DBus", "org.freedesktop.DBus", "ReleaseName",
                             nullptr, nullptr, "s", kName);
  });
  ASSERT_TRUE(wait_for([&] { return acquired_ == 2; }));
  EXPECT_EQ(client_->owner_of(kName), name_);
}

TEST_F(BusNameTest, DoesNotBelieveAForgedLoss) {
  take();
  ASSERT_TRUE(wait_for([&] { return acquired_ == 1; }));
  sd_bus_message* forged = nullptr;
  sd_bus_message_new_signal(client_->native(), &forged, "/org/freedesktop/DBus",
                            "org.freedesktop.DBus", "NameLost");
  sd_bus_message_append(forged, "s", kName);
  sd_bus_message_set_destination(forged, name_.c_str());
  sd_bus_send(client_->native(), forged, nullptr);
  sd_bus_message_unref(forged);
  client_->settle(name_);
  EXPECT_TRUE(owned());
  EXPECT_TRUE(log_.lines().empty());
}

}  // namespace
}  // namespace dmb::test
