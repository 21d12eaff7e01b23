// SPDX-License-Identifier: MIT
#pragma once

#include "../support/fake_shunt.h"
#include "../support/log_capture.h"
#include "../support/loop_runner.h"
#include "../support/private_bus.h"
#include "../support/wait_for.h"
#include "sources/bus/battery_watcher.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dmb::test {

inline const std::string kPrefix = "com.victronenergy.battery.";

/// A watcher on a private bus; the shunts are started by the tests, under short names.
class BatteryWatcherFixture : public testing::Test {
 protected:
  using Manner = FakeShunt::Manner;
  using Link = FakeShunt::Link;
  using Ids = std::vector<std::string>;

  BatteryWatcherFixture() {
    private_bus_.use_for_this_process();
    bus_ = std::make_unique<Bus>(loop_);
    runner_ = std::make_unique<LoopRunner>(loop_);
  }
  ~BatteryWatcherFixture() override {
    if (runner_) runner_->run([this] { watcher_.reset(); });
    runner_.reset();
  }

  void watch(std::vector<std::string> excluded = {}, bool read_registers = false,
             WatchPatience patience = {}) {
    runner_->run([&, this] {
      watcher_ = std::make_unique<BatteryWatcher>(
          *bus_, rules(std::move(excluded), {}, read_registers, patience),
          [this](const MemberNews& news) { take(news); });
      EXPECT_EQ(changes_, 0) << "called from within the constructor";
    });
  }

  static WatchRules rules(std::vector<std::string> excluded, std::vector<std::string> included = {},
                          bool read_registers = false, WatchPatience patience = {}) {
    return {.own_services = {kPrefix + "aggregate_shunts"},
            .excluded = std::move(excluded),
            .included = std::move(included),
            .read_registers = read_registers,
            .patience = patience};
  }
  void change(WatchRules rules) {
    runner_->run([&] { watcher_->change_rules(std::move(rules)); });
  }
  /// All that was to be forgotten so far.
  Ids forgotten() {
    Ids all;
    runner_->run([&] { all = forgotten_; });
    return all;
  }

  /// Without a name it takes none.
  std::unique_ptr<FakeShunt> start(const std::string& name, FakeItems items = shunt_items(),
                                   Manner manner = Manner::honest, Link link = Link::none,
                                   FakeRegisters registers = {}) {
    return std::make_unique<FakeShunt>(private_bus_.address(),
                                       FakeShunt::Setup{name.empty() ? "" : kPrefix + name,
                                                        {std::move(items), std::move(registers)},
                                                        manner,
                                                        link});
  }

  std::vector<WatchedMember> members() {
    std::vector<WatchedMember> copy;
    runner_->run([&] { copy.assign(watcher_->members().begin(), watcher_->members().end()); });
    return copy;
  }
  Ids ids() {
    Ids all;
    for (const auto& member : members()) all.push_back(member.snapshot.id);
    return all;
  }
  /// Waits for these members, and for the end of the first look round.
  void expect_ids(const Ids& expected) {
    EXPECT_TRUE(wait_for([&] { return looked_round() && ids() == expected; }))
        << testing::PrintToString(ids());
  }
  bool looked_round() {
    bool looked = false;
    runner_->run([&] { looked = watcher_->looked_round(); });
    return looked;
  }
  int changes() {
    int count = 0;
    runner_->run([&] { count = changes_; });
    return count;
  }

  /// nullopt as well when there is not exactly one member.
  std::optional<double> value(std::string_view path) {
    const auto all = members();
    return all.size() == 1 ? all[0].snapshot.values[find_member_quantity(path).value()]
                           : std::nullopt;
  }
  void expect_value(std::string_view path, std::optional<double> expected) {
    EXPECT_TRUE(wait_for([&] { return value(path) == expected; }))
        << path << " is " << testing::PrintToString(value(path));
  }

  std::string our_name() {
    const char* name = nullptr;
    runner_->run([&] { sd_bus_get_unique_name(bus_->native(), &name); });
    return name;
  }
  /// The watcher has seen all that `shunt` sent before, and has drawn its conclusions.
  void settle(FakeShunt& shunt) {
    shunt.ping(our_name());
    Timer timer;
    std::atomic<bool> over = false;
    runner_->run([&] {
      timer = loop_.add_timer([&] { over = true; });
      timer.arm(loop_.now() + std::chrono::milliseconds(5));
    });
    EXPECT_TRUE(wait_for([&] { return over.load(); }));
    runner_->run([&] { timer = {}; });
  }

  void take(const MemberNews& news) {
    ++changes_;
    forgotten_.insert(forgotten_.end(), news.forgotten.begin(), news.forgotten.end());
  }

  LogCapture log_;
  PrivateBus private_bus_;
  Loop loop_;
  std::unique_ptr<Bus> bus_;
  std::unique_ptr<BatteryWatcher> watcher_;
  int changes_ = 0;
  Ids forgotten_;
  std::unique_ptr<LoopRunner> runner_;
};

}  // namespace dmb::test
