// SPDX-License-Identifier: MIT
// What holds for a battery, and a bank, with a charge control whatever they are told, and when:
// docs/behaviour.md.
#include "../support/charge_scene.h"
#include "random_input.h"

#include <array>
#include <memory>

namespace dmb {
namespace {

using namespace std::chrono_literals;
using test::RandomInput;
using BatteryScene = test::ChargeScene<RandomInput>;

TEST(AnyChargedBattery, IsLimitedByWhatIsSeenOfItsCells) {
  BatteryScene::Counts counts;
  test::for_each_seed(60, [&](RandomInput& random) {
    BatteryScene scene(random);
    for (int i = 0; i < 60; ++i) scene.step();
    counts.live += scene.counts().live > 0;
    counts.stopped += scene.counts().stopped > 0;
    counts.limited += scene.counts().limited > 0;
    counts.missing += scene.counts().missing > 0;
    counts.floating += scene.counts().floating > 0;
  });
  // In so many of all it came to that.
  EXPECT_GT(counts.live, test::in_scale(50));
  EXPECT_GT(counts.stopped, test::in_scale(8));
  EXPECT_GT(counts.limited, test::in_scale(20));
  EXPECT_GT(counts.missing, test::in_scale(20));
  EXPECT_GT(counts.floating, test::in_scale(4));
}

TEST(AnyChargedBattery, ChangesByItselfOnlyAtTheTimeItNames) {
  test::for_each_seed(25, [](RandomInput& random) {
    BatteryScene scene(random);
    for (int i = 0; i < 25; ++i) {
      scene.step();
      if (scene.device().model().phase() == Life::Phase::live)
        test::check_announced(scene.device(), scene.now(), test::falls_by_and_by);
    }
  });
}

}  // namespace
}  // namespace dmb
