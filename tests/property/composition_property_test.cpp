// SPDX-License-Identifier: MIT
// What holds for whatever a bank's members are made of: nothing counts twice, and the order in
// which the parts came does not matter.
#include "dmb/bank/composition.h"
#include "dmb/battery/quantity.h"
#include "random_input.h"

#include <algorithm>
#include <cmath>

namespace dmb {
namespace {

using test::RandomInput;

constexpr unsigned kCases = 500;
constexpr MemberQuantity kCurrent = q("/Dc/0/Current");
constexpr MemberQuantity kVoltage = q("/Dc/0/Voltage");

struct Scene {
  CompositionRules rules;
  std::vector<MemberSnapshot> parts;
  std::vector<MemberPlace> places;

  std::vector<MemberSnapshot> members() const {
    Composition composition(rules);
    composition.arrange(parts, places);
    return composition.members(parts);
  }
};

/// Mostly as a config would have it.
MemberPlace random_place(RandomInput& random, std::size_t part) {
  MemberPlace place{.position = static_cast<std::uint16_t>(part)};
  if (random.one_in(8)) place.position = static_cast<std::uint16_t>(random.below(8));
  if (random.one_in(2)) place.pair = static_cast<std::uint16_t>(random.below(3));
  if (random.one_in(3))
    place = {MemberRole::pair_shunt, static_cast<std::uint16_t>(random.below(3)), {}};
  if (random.one_in(8)) place = {MemberRole::bank_shunt, 0, {}};
  return place;
}

Scene random_scene(RandomInput& random) {
  Scene scene;
  scene.parts = test::random_members(random, 10);
  for (MemberSnapshot& part : scene.parts) {
    if (!random.one_in(8)) part.values[q("/Connected")] = 1;
    if (!random.one_in(8)) part.values[kVoltage] = random.between(9, 60);
    if (!random.one_in(8)) part.values[kCurrent] = random.between(-300, 300);
  }
  scene.rules.series = random.one_in(2) ? 1 : 1 + random.below(3);
  scene.rules.pairs.resize(random.below(4));
  if (random.one_in(2)) scene.rules.bank_shunt = "279";
  for (std::size_t part = 0; part < scene.parts.size(); ++part)
    scene.places.push_back(random_place(random, part));
  return scene;
}

/// Each part's current is a power of two, so that a sum says which of them are in it, and how
/// often.
void mark_currents(Scene& scene) {
  for (std::size_t i = 0; i < scene.parts.size(); ++i)
    scene.parts[i].values[kCurrent] = std::ldexp(1, 2 * static_cast<int>(i));
}

TEST(AnyComposition, CountsNoPartTwice) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    Scene scene = random_scene(random);
    mark_currents(scene);
    double in_all = 0;
    for (const MemberSnapshot& member : scene.members())
      in_all += member.values[kCurrent].value_or(0) * static_cast<double>(scene.rules.series);
    for (std::size_t i = 0; i < scene.parts.size(); ++i) {
      const auto times =
          std::fmod(std::floor(std::ldexp(std::round(in_all), -2 * static_cast<int>(i))), 4);
      EXPECT_LE(times, 1) << i;
      EXPECT_TRUE(times == 0 || scene.places[i].role != MemberRole::bank_shunt) << i;
    }
  });
}

TEST(AnyComposition, GivesEveryBatteryToOneMemberAndNoMemberToAShuntAlone) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    const Scene scene = random_scene(random);
    Composition composition(scene.rules);
    composition.arrange(scene.parts, scene.places);
    std::vector<int> batteries(composition.size(), 0);
    std::vector<int> shunts(composition.size(), 0);
    for (std::size_t part = 0; part < scene.parts.size(); ++part) {
      const auto member = composition.member_of(part);
      const MemberRole role = scene.places[part].role;
      EXPECT_TRUE(member.has_value() || role != MemberRole::member);
      EXPECT_TRUE(!member.has_value() || role != MemberRole::bank_shunt);
      if (member) ++(role == MemberRole::member ? batteries : shunts)[*member];
    }
    for (std::size_t member = 0; member < batteries.size(); ++member) {
      EXPECT_GE(batteries[member], 1);
      EXPECT_LE(shunts[member], batteries[member]);
    }
  });
}

TEST(AnyComposition, DoesNotDependOnTheOrderOfItsParts) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    Scene scene = random_scene(random);
    const auto before = scene.members();
    Scene other{.rules = scene.rules};
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < scene.parts.size(); ++i) order.push_back(i);
    random.shuffle(order);
    for (const std::size_t i : order) {
      other.parts.push_back(scene.parts[i]);
      other.places.push_back(scene.places[i]);
    }
    const auto after = other.members();
    ASSERT_EQ(before.size(), after.size());
    for (const MemberSnapshot& member : before) {
      const auto same = std::ranges::find(after, member.id, &MemberSnapshot::id);
      ASSERT_NE(same, after.end()) << member.id;
      EXPECT_EQ(same->values, member.values);
      EXPECT_EQ(same->texts, member.texts);
      EXPECT_EQ(same->capacity_ah, member.capacity_ah);
    }
  });
}

TEST(AnyComposition, NeverAllowsMoreThanItsBatteries) {
  test::for_each_seed(kCases, [](RandomInput& random) {
    const Scene scene = random_scene(random);
    Composition composition(scene.rules);
    composition.arrange(scene.parts, scene.places);
    for (std::size_t part = 0; part < scene.parts.size(); ++part) {
      if (scene.places[part].role != MemberRole::member) continue;
      const MemberValues& own = scene.parts[part].values;
      const MemberSnapshot member = composition.member(*composition.member_of(part), scene.parts);
      EXPECT_TRUE(own[kVoltage] || !member.values[kVoltage]) << "a stale battery is heard";
      if (!member.values[kVoltage]) continue;
      for (const MemberQuantity limit :
           {MemberQuantity(q("/Info/MaxChargeCurrent")),
            MemberQuantity(q("/Info/MaxDischargeCurrent")), MemberQuantity(q("/Io/AllowToCharge")),
            MemberQuantity(q("/Io/AllowToDischarge"))})
        EXPECT_TRUE(!own[limit] || *member.values[limit] <= *own[limit]) << limit.spec().path;
      for (const MemberQuantity alarm :
           {MemberQuantity(q("/Alarms/HighVoltage")), MemberQuantity(q("/Alarms/HighCellVoltage"))})
        EXPECT_TRUE(!own[alarm] || *member.values[alarm] >= *own[alarm]) << alarm.spec().path;
    }
  });
}

}  // namespace
}  // namespace dmb
