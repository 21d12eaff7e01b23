// SPDX-License-Identifier: MIT
#include "dmb/publish/plan.h"

#include <gtest/gtest.h>

#include <random>
#include <utility>

namespace dmb {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A broker and a daemon that lose each other, restart and are configured anew at random.
class World {
 public:
  explicit World(unsigned seed) : random_(seed) {}

  void play(int turns) {
    for (int turn = 0; turn < turns; ++turn) {
      act();
      update();
    }
    settle();
    now_ += PublishPlan::kDelivered;
    last_state_.clear();
    settle();
    check_settled();
  }

 private:
  struct Battery {
    bool present = false;
    ItemValues values;
  };
  static constexpr seconds kInterval{5};

  int below(int count) { return std::uniform_int_distribution(0, count - 1)(random_); }
  bool chance(int one_in) { return below(one_in) == 0; }

  void act() {
    now_ += milliseconds(below(400));
    if (chance(40)) connected_ ? disconnect() : connect();
    if (chance(60)) configure();
    if (chance(80)) restart();
    if (chance(25)) toggle("b" + std::to_string(below(4)));
    if (batteries_.empty()) return;
    Battery& battery =
        std::next(batteries_.begin(), below(static_cast<int>(batteries_.size())))->second;
    battery.present = chance(8) ? !battery.present : battery.present;
    const Quantity id = all_quantities()[static_cast<std::size_t>(below(kQuantities))];
    const Value value = id.spec().kind == Kind::measure ? Value(1.0 * below(3))
                        : id.spec().kind == Kind::text  ? Value(std::string("x"))
                                                        : Value(std::int32_t{1});
    battery.values.set(id, chance(4) ? OptValue() : OptValue(value));
  }

  void connect() {
    connected_ = true;
    last_state_.clear();
    plan_.on_connected();
  }
  void disconnect() {
    connected_ = false;
    under_way_.clear();
    plan_.on_disconnected();
  }
  void configure() {
    homeassistant_ = chance(2);
    client_ = chance(2) ? "gx" : "boat";
    restart();
  }
  void restart() {
    plan_ = PublishPlan(topics(), rules(), plan_.memory());
    disconnect();
    connect();
  }
  void toggle(const std::string& id) {
    if (batteries_.erase(id) == 0) batteries_[id];
  }

  PublishTopics topics() const { return {"base", client_, "homeassistant"}; }
  PublishRules rules() const {
    return {.interval = kInterval, .homeassistant = homeassistant_, .version = "1"};
  }

  void update() {
    std::vector<PublishedBattery> shown;
    for (const auto& [id, battery] : batteries_)
      shown.push_back({.id = id, .name = id, .present = battery.present, .values = battery.values});
    const auto messages = plan_.update(shown, now_);
    EXPECT_TRUE(connected_ || messages.empty());
    for (const OutMessage& message : std::exchange(under_way_, messages)) arrive(message);
    for (const auto& [topic, payload] : broker_)
      EXPECT_TRUE(plan_.memory().topics.contains(topic)) << topic;
    EXPECT_TRUE(!plan_.next_due() || *plan_.next_due() > now_);
    for (const OutMessage& message : messages) note_state(message.topic);
    check_states();
  }

  void note_state(const std::string& topic) {
    if (!topic.ends_with("/state")) return;
    const auto last = last_state_.find(topic);
    EXPECT_TRUE(last == last_state_.end() || now_ - last->second >= PublishPlan::kGap);
    last_state_[topic] = now_;
  }

  void arrive(const OutMessage& message) {
    if (message.topic.ends_with("/state")) {
      EXPECT_FALSE(message.retained);
      return;
    }
    EXPECT_TRUE(message.retained);
    if (message.payload.empty())
      broker_.erase(message.topic);
    else
      broker_[message.topic] = message.payload;
  }

  /// No turn is longer than 400 ms, so that no state is later than that.
  void check_states() const {
    if (!connected_) return;
    for (const auto& [id, battery] : batteries_) {
      if (!battery.present) continue;
      const auto last = last_state_.find(topics().state(id));
      ASSERT_NE(last, last_state_.end()) << id;
      EXPECT_LE(now_ - last->second, kInterval + milliseconds(400));
    }
  }

  void settle() {
    if (!connected_) connect();
    for (int i = 0; i < 40; ++i) {
      now_ += milliseconds(400);
      update();
    }
  }

  void check_settled() const {
    std::map<std::string, std::string> wanted{{topics().status(), "online"}};
    for (const auto& [id, battery] : batteries_) {
      wanted[topics().availability(id)] = battery.present ? "online" : "offline";
      if (homeassistant_ && plan_.memory().announced.contains(id))
        wanted[topics().discovery(id)] = broker_.at(topics().discovery(id));
    }
    EXPECT_EQ(broker_, wanted);
    EXPECT_EQ(plan_.memory().topics.size(), wanted.size()) << "what was removed is forgotten";
  }

  std::mt19937 random_;
  bool homeassistant_ = true;
  std::string client_ = "gx";
  PublishPlan plan_{topics(), rules()};
  Instant now_{};
  bool connected_ = false;
  std::map<std::string, Battery> batteries_;
  std::vector<OutMessage> under_way_;          ///< lost with the connection
  std::map<std::string, std::string> broker_;  ///< what it retains
  std::map<std::string, Instant> last_state_;  ///< through this connection
};

TEST(PublishPlanProperty, WhateverHappensTheBrokerHoldsWhatIsTrueAndNothingElse) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    World(seed).play(400);
  }
}

}  // namespace
}  // namespace dmb
