// SPDX-License-Identifier: MIT
#include "../../src/dbus/sender_signals.h"

#include "battery_watcher_fixture.h"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>

namespace dmb::test {
namespace {

/// Counts what reaches our connection from one sender, whoever handles it.
class Arrivals {
 public:
  Arrivals(Bus& bus, std::string sender) : sender_(std::move(sender)) {
    sd_bus_add_filter(bus.native(), &slot_, &Arrivals::on_message, this);
  }
  ~Arrivals() { sd_bus_slot_unref(slot_); }
  int count() const { return count_; }

 private:
  static int on_message(sd_bus_message* message, void* userdata, sd_bus_error*) {
    auto* self = static_cast<Arrivals*>(userdata);
    const char* sender = sd_bus_message_get_sender(message);
    if (sd_bus_message_is_signal(message, nullptr, nullptr) > 0 && sender == self->sender_)
      ++self->count_;
    return 0;
  }

  std::string sender_;
  int count_ = 0;
  sd_bus_slot* slot_ = nullptr;
};

class SenderSignalsTest : public BatteryWatcherFixture {
 protected:
  ~SenderSignalsTest() override {
    if (!runner_) return;
    runner_->run([this] {
      first_.reset();
      second_.reset();
      arrivals_.reset();
      signals_.reset();
    });
  }

  void listen(FakeShunt& shunt) {
    const std::string sender = shunt.unique_name();
    runner_->run([&] {
      signals_ = std::make_unique<SenderSignals>(*bus_, "com.victronenergy.BusItem");
      arrivals_ = std::make_unique<Arrivals>(*bus_, sender);
      first_ = signals_->subscribe(sender, [this](sd_bus_message* m) { first_got_ += read(m); });
      second_ = signals_->subscribe(sender, [this](sd_bus_message* m) { second_got_ += read(m); });
    });
    shunt.ping(our_name());
  }
  /// A signal of `shunt`; returns what the two have heard of it so far, and how many came at all.
  std::array<int, 3> after_a_signal(FakeShunt& shunt) {
    shunt.change_one("/Soc", real(1));
    shunt.ping(our_name());
    std::array<int, 3> heard{};
    runner_->run([&] { heard = {first_got_, second_got_, arrivals_->count()}; });
    return heard;
  }

  std::unique_ptr<SenderSignals> signals_;
  std::unique_ptr<Arrivals> arrivals_;
  std::unique_ptr<SenderSignals::Subscription> first_;
  std::unique_ptr<SenderSignals::Subscription> second_;

 private:
  /// Whether the whole of it could be read.
  static int read(sd_bus_message* message) { return sd_bus_message_skip(message, "a{sv}") > 0; }

  int first_got_ = 0;
  int second_got_ = 0;
};

using Heard = std::array<int, 3>;

TEST_F(SenderSignalsTest, AreHeardByAllWhoSubscribedUntilTheyLeave) {
  const auto shunt = start("a", shunt_items("HQ1"));
  listen(*shunt);
  EXPECT_EQ(after_a_signal(*shunt), (Heard{1, 1, 1}));
  runner_->run([this] { first_.reset(); });
  EXPECT_EQ(after_a_signal(*shunt), (Heard{1, 2, 2}));
  runner_->run([this] { second_.reset(); });
  EXPECT_EQ(after_a_signal(*shunt), (Heard{1, 2, 2})) << "the daemon still sends them to us";
  runner_->run([&] { first_ = signals_->subscribe(shunt->unique_name(), [](auto*) {}); });
  EXPECT_EQ(after_a_signal(*shunt), (Heard{1, 2, 3}));
}

TEST_F(SenderSignalsTest, AreNotSentToUsAnyMoreOnceSomethingIsNoShunt) {
  const auto bms = start("a", {{"/ProductId", integer(1)}, {"/ProductName", text("BMS")}});
  runner_->run([&] { arrivals_ = std::make_unique<Arrivals>(*bus_, bms->unique_name()); });
  watch();
  EXPECT_TRUE(wait_for([&] { return looked_round(); }));
  settle(*bms);
  EXPECT_EQ(after_a_signal(*bms)[2], 0);
}

/// One connection may own several names of batteries.
TEST_F(SenderSignalsTest, ANameThatGoesDoesNotMakeTheOtherOneOfItsOwnerDeaf) {
  const auto shunt = start("a", shunt_items("HQ1"));
  watch();
  expect_ids({"HQ1"});
  const std::string second = kPrefix + "b";
  shunt->with_bus([&](sd_bus* bus) { sd_bus_request_name(bus, second.c_str(), 0); });
  EXPECT_TRUE(wait_for([&] { return shunt->calls("GetItems") == 2; }));
  settle(*shunt);
  shunt->with_bus([&](sd_bus* bus) { sd_bus_release_name(bus, second.c_str()); });
  expect_ids({"HQ1"});
  shunt->change_one("/Soc", real(42));
  expect_value("/Soc", 42);
}

/// The daemon dies first, the shunts' subscriptions end after it: no destructor may throw.
TEST_F(SenderSignalsTest, EndQuietlyAfterTheDaemonDied) {
  auto a = start("a", shunt_items("HQ1"));
  const auto b = start("b", shunt_items("HQ2"));
  watch();
  expect_ids({"HQ1", "HQ2"});
  a.reset();
  expect_ids({"HQ2"});
  private_bus_.kill();
  EXPECT_THROW(runner_->wait_for_end(), std::runtime_error);
  runner_.reset();
  watcher_.reset();
}

}  // namespace
}  // namespace dmb::test
