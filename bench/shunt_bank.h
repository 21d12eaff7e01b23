// SPDX-License-Identifier: MIT
#pragma once

#include "shunt_bus.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace dmb::bench {

/// Current by which every update moves the sum over all shunts: what makes updates tell apart.
inline constexpr double kStepA = -0.1;

/// What a shunt shows: paths with values, registers.
struct ShuntTree {
  using Value = std::variant<std::monostate, std::int32_t, double, std::string>;
  std::map<std::string, Value> items;
  std::map<std::uint16_t, std::uint16_t> registers;
};

/// Reads a captured shunt: paths, and registers under "_vreg".
ShuntTree load_shunt_tree(const std::string& file);

/// One SmartShunt on a connection of its own. Answers GetItems and GetVreg.
class BenchShunt {
 public:
  BenchShunt(const ShuntTree& tree, int number);
  ~BenchShunt();
  BenchShunt(const BenchShunt&) = delete;
  BenchShunt& operator=(const BenchShunt&) = delete;

  sd_bus* bus() const { return bus_; }
  const std::string& service() const { return service_; }
  void appear();  ///< without waiting for the daemon's answer
  void vanish();

  /// Changes what a real shunt changes once a second and tells so, in one signal. Update number
  /// `index` of the bank stands first, as the time to go, which no aggregate takes over.
  /// Returns the time right before the sending.
  std::int64_t update(std::int32_t index);
  std::int32_t updates() const { return steps_; }

 private:
  static int on_message(sd_bus_message* call, void* self, sd_bus_error*) noexcept;
  int answer_items(sd_bus_message* call) const;
  int answer_register(sd_bus_message* call) const;

  sd_bus* bus_;
  std::string service_;
  ShuntTree tree_;
  std::int32_t steps_ = 0;
};

/// All of them.
class ShuntBank {
 public:
  /// `count` that are on the bus, and a last one that is not yet.
  ShuntBank(const ShuntTree& tree, int count, BusPoller& poller);

  BenchShunt& spare() { return *shunts_.back(); }
  /// Only these take part in updates; others stay silent. Returns how many updates the others have
  /// had, which the sum over the chosen ones lacks.
  std::int32_t choose(const std::string& tracked_services);
  std::size_t active_count() const { return active_.size(); }

  /// The next shunt's update.
  void update_next();
  std::int32_t last_index() const { return static_cast<std::int32_t>(sent_ns_.size()) - 1; }
  std::int64_t sent_ns(std::int32_t index) const {
    return sent_ns_[static_cast<std::size_t>(index)];
  }

 private:
  std::vector<std::unique_ptr<BenchShunt>> shunts_;
  std::vector<BenchShunt*> active_;
  std::vector<std::int64_t> sent_ns_{0};  ///< by update number, which starts at 1
};

}  // namespace dmb::bench
