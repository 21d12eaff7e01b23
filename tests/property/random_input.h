// SPDX-License-Identifier: MIT
#pragma once

#include "../support/broken_rule.h"
#include "../support/sanitized.h"
#include "dmb/bank/member.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace dmb::test {

/// Random values, the same for the same seed on every platform.
class RandomInput {
 public:
  explicit RandomInput(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return random_() % limit; }
  bool one_in(std::size_t count) { return below(count) == 0; }
  /// In 1000 steps, the ends included.
  double between(double low, double high) {
    return low + (high - low) * static_cast<double>(below(1001)) / 1000;
  }
  std::optional<double> maybe(std::size_t absent_one_in, double low, double high) {
    if (one_in(absent_one_in)) return std::nullopt;
    return between(low, high);
  }
  std::chrono::milliseconds pause(std::chrono::milliseconds longest) {
    return std::chrono::milliseconds(below(static_cast<std::size_t>(longest.count()) + 1));
  }
  template <typename List>
  void shuffle(List& list) {
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[below(i)]);
  }

 private:
  std::mt19937 random_;
};

/// Runs `check(random)` for many seeds; a broken rule is reported with its seed.
template <typename Check>
void for_each_seed(unsigned count, Check check) {
  for (unsigned seed = 1; seed <= in_scale(count); ++seed) {
    try {
      RandomInput random(seed);
      check(random);
    } catch (const std::exception& error) {
      FAIL() << "seed " << seed << ": " << error.what();
    }
    if (testing::Test::HasFailure()) FAIL() << "seed " << seed;
  }
}

/// A member with values that a shunt of a 12, 24 or 48 V bank may have, some missing.
inline MemberSnapshot random_member(RandomInput& random, const std::string& id) {
  MemberSnapshot member{.capacity_ah = random.maybe(3, 1, 1000),
                        .values = {},
                        .id = id,
                        .service = "com.victronenergy.battery." + id,
                        .name = id};
  const auto set = [&](std::string_view path, double low, double high) {
    member.values[find_member_quantity(path).value()] = random.maybe(4, low, high);
  };
  for (const MemberQuantity row : kAllMemberQuantities) {
    if (row.spec().path.starts_with("/Alarms/"))
      member.values[row] =
          random.one_in(4)
              ? std::nullopt
              : std::optional<double>(random.one_in(6) ? 1.0 + double(random.below(2)) : 0);
    else
      set(row.spec().path, 0, 1000);
  }
  set("/Dc/0/Voltage", 9, 60);
  set("/Dc/1/Voltage", 0, 15);
  set("/History/MaximumStarterVoltage", 0, 15);
  for (const auto* yes_or_no : {"/Connected", "/Settings/HasTemperature"})
    member.values[find_member_quantity(yes_or_no).value()] =
        random.one_in(4) ? std::optional<double>(0) : random.maybe(2, 1, 1);
  set("/Dc/0/Current", -300, 300);
  set("/Dc/0/Power", -9000, 9000);
  set("/Dc/0/Temperature", -20, 70);
  set("/Soc", 0, 100);
  set("/ConsumedAmphours", -900, 0);
  member.discharge_floor_percent = random.maybe(2, 0, 90);
  for (const auto cell_id : {&MemberTexts::min_cell_id, &MemberTexts::max_temperature_id})
    if (random.one_in(2)) member.texts.*cell_id = "C" + std::to_string(random.below(3));
  return member;
}

inline std::vector<MemberSnapshot> random_members(RandomInput& random, std::size_t at_most) {
  std::vector<MemberSnapshot> members;
  for (std::size_t count = random.below(at_most + 1); count > 0; --count)
    members.push_back(random_member(random, "shunt " + std::to_string(count)));
  return members;
}

}  // namespace dmb::test
