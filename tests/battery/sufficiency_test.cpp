// SPDX-License-Identifier: MIT
#include "dmb/battery/sufficiency.h"

#include <gtest/gtest.h>

namespace dmb {
namespace {

using Items = std::vector<Quantity>;

Reading reading_of(const std::vector<std::pair<Quantity, OptValue>>& fields) {
  Reading reading;
  for (const auto& [id, value] : fields) reading.set(id, value);
  return reading;
}

TEST(Sufficiency, TellsLifeFromWhatIsThereWithoutAValueAndFromWhatIsMissing) {
  const Items both = default_required_items();
  const OptValue unknown;
  const auto look = [&](const std::vector<std::pair<Quantity, OptValue>>& fields) {
    return sufficiency_of(reading_of(fields), both);
  };
  EXPECT_TRUE(look({{q("/Soc"), 50.0}, {q("/Dc/0/Voltage"), 52.0}}).is_life());
  EXPECT_TRUE(
      look({{q("/Soc"), 50.0}, {q("/Dc/0/Power"), 0.0}, {q("/Dc/0/Current"), 0.0}}).is_life());
  EXPECT_TRUE(look({{q("/Soc"), 50.0},
                    {q("/Dc/0/Voltage"), unknown},
                    {q("/Dc/0/Power"), 5.0},
                    {q("/Dc/0/Current"), 1.0}})
                  .is_life());
  EXPECT_EQ(look({{q("/Soc"), unknown}, {q("/Dc/0/Voltage"), unknown}}).unknown, both);
  EXPECT_EQ(look({{q("/Soc"), unknown}, {q("/Dc/0/Voltage"), 52.0}}).unknown, Items{q("/Soc")});
  EXPECT_EQ(
      look({{q("/Soc"), 50.0}, {q("/Dc/0/Power"), unknown}, {q("/Dc/0/Current"), 2.0}}).unknown,
      Items{q("/Dc/0/Voltage")});
  EXPECT_EQ(look({}).missing, both);
  EXPECT_EQ(look({{q("/Soc"), 50.0}, {q("/Dc/0/Power"), 52.0}}).missing, Items{q("/Dc/0/Voltage")});
  EXPECT_EQ(look({{q("/Dc/0/Voltage"), unknown}}).missing, Items{q("/Soc")});
}

TEST(Sufficiency, DerivesNothingInPlaceOfAVoltageThatIsWrong) {
  Reading reading =
      reading_of({{q("/Soc"), 50.0}, {q("/Dc/0/Power"), 5.0}, {q("/Dc/0/Current"), 1.0}});
  reading.set_bad(q("/Dc/0/Voltage"), "5223 is outside 0 … 1500");
  EXPECT_EQ(sufficiency_of(reading, default_required_items()).unknown, Items{q("/Dc/0/Voltage")});
}

TEST(Sufficiency, GoesByWhatIsRequired) {
  const Reading starter = reading_of({{q("/Dc/0/Voltage"), 12.8}});
  EXPECT_TRUE(sufficiency_of(starter, {q("/Dc/0/Voltage")}).is_life());
  EXPECT_FALSE(sufficiency_of(starter, {q("/Dc/0/Voltage"), q("/Dc/0/Current")}).is_life());
}

}  // namespace
}  // namespace dmb
