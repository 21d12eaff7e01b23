// SPDX-License-Identifier: MIT
#include "dmb/domain/sufficiency.h"

#include <gtest/gtest.h>

namespace dmb {
namespace {

using Items = std::vector<ItemId>;

Reading reading_of(const std::vector<std::pair<ItemId, OptValue>>& fields) {
  Reading reading(battery_items().size());
  for (const auto& [id, value] : fields) reading.set(id, value);
  return reading;
}

TEST(Sufficiency, TellsLifeFromWhatIsThereWithoutAValueAndFromWhatIsMissing) {
  const BatteryIds& ids = battery_ids();
  const Items both = default_required_items();
  const OptValue unknown;
  const auto look = [&](const std::vector<std::pair<ItemId, OptValue>>& fields) {
    return sufficiency_of(reading_of(fields), both);
  };
  EXPECT_TRUE(look({{ids.soc, 50.0}, {ids.voltage, 52.0}}).is_life());
  EXPECT_TRUE(look({{ids.soc, 50.0}, {ids.power, 0.0}, {ids.current, 0.0}}).is_life());
  EXPECT_TRUE(look({{ids.soc, 50.0}, {ids.voltage, unknown}, {ids.power, 5.0}, {ids.current, 1.0}})
                  .is_life());
  EXPECT_EQ(look({{ids.soc, unknown}, {ids.voltage, unknown}}).unknown, both);
  EXPECT_EQ(look({{ids.soc, unknown}, {ids.voltage, 52.0}}).unknown, Items{ids.soc});
  EXPECT_EQ(look({{ids.soc, 50.0}, {ids.power, unknown}, {ids.current, 2.0}}).unknown,
            Items{ids.voltage});
  EXPECT_EQ(look({}).missing, both);
  EXPECT_EQ(look({{ids.soc, 50.0}, {ids.power, 52.0}}).missing, Items{ids.voltage});
  EXPECT_EQ(look({{ids.voltage, unknown}}).missing, Items{ids.soc});
}

TEST(Sufficiency, DerivesNothingInPlaceOfAVoltageThatIsWrong) {
  const BatteryIds& ids = battery_ids();
  Reading reading = reading_of({{ids.soc, 50.0}, {ids.power, 5.0}, {ids.current, 1.0}});
  reading.set_bad(ids.voltage, "5223 is outside 0 … 1500");
  EXPECT_EQ(sufficiency_of(reading, default_required_items()).unknown, Items{ids.voltage});
}

TEST(Sufficiency, GoesByWhatIsRequired) {
  const BatteryIds& ids = battery_ids();
  const Reading starter = reading_of({{ids.voltage, 12.8}});
  EXPECT_TRUE(sufficiency_of(starter, {ids.voltage}).is_life());
  EXPECT_FALSE(sufficiency_of(starter, {ids.voltage, ids.current}).is_life());
}

}  // namespace
}  // namespace dmb
