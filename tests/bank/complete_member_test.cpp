// SPDX-License-Identifier: MIT
#include "dmb/bank/complete_member.h"

#include <gtest/gtest.h>

#include <string>

namespace dmb {
namespace {

struct Completed {
  MemberValues values;
  MemberTexts texts;
};

Completed complete(const SparseValues& others, MemberValues values = {}) {
  Completed member{.values = values, .texts = {}};
  complete_member(others, member.values, member.texts);
  return member;
}

SparseValues three_cells() {
  SparseValues others;
  others.set(cell_voltage(1), 3.5);
  others.set(cell_voltage(2), 3.25);
  others.set(cell_voltage(16), 3.75);
  return others;
}

TEST(CompleteMember, OfAShuntNothingFollows) {
  const Completed shunt = complete({});
  EXPECT_EQ(shunt.values, MemberValues());
  EXPECT_EQ(shunt.texts, MemberTexts());
}

TEST(CompleteMember, WorksOutWhatTheCellsComeTo) {
  const auto [values, texts] = complete(three_cells());
  EXPECT_EQ(values[q("/System/MinCellVoltage")], 3.25);
  EXPECT_EQ(values[q("/System/MaxCellVoltage")], 3.75);
  EXPECT_EQ(values[q("/System/NrOfCellsPerBattery")], 3);
  EXPECT_EQ(values[q("/Voltages/Sum")], 10.5);
  EXPECT_EQ(values[q("/Voltages/Diff")], 0.5);
  EXPECT_EQ(texts.min_cell_id, "C2");
  EXPECT_EQ(texts.max_cell_id, "C16");
}

TEST(CompleteMember, LeavesWhatTheServiceTellsItself) {
  SparseValues others = three_cells();
  others.set(q("/System/MaxVoltageCellId"), std::string("M1C4"));
  others.set(q("/Info/ChargeMode"), std::string("Absorption"));
  MemberValues told;
  told[q("/System/MaxCellVoltage")] = 3.8;
  told[q("/Voltages/Sum")] = 52;
  const auto [values, texts] = complete(others, told);
  EXPECT_EQ(values[q("/System/MaxCellVoltage")], 3.8);
  EXPECT_EQ(values[q("/Voltages/Sum")], 52);
  EXPECT_EQ(texts.max_cell_id, "M1C4");
  EXPECT_EQ(texts.min_cell_id, "C2");
  EXPECT_EQ(texts.charge_mode, "Absorption");
}

TEST(CompleteMember, AddsNoneUpWhileSomeAreMissing) {
  MemberValues told;
  told[q("/System/NrOfCellsPerBattery")] = 16;
  const Completed member = complete(three_cells(), told);
  EXPECT_EQ(member.values[q("/Voltages/Sum")], std::nullopt);
  EXPECT_EQ(member.values[q("/System/MinCellVoltage")], 3.25);
}

TEST(CompleteMember, LeavesTheWordsThatABatteryOfThisProcessHasAlready) {
  MemberValues values;
  MemberTexts texts{.min_cell_id = "C7", .charge_mode = "Float"};
  complete_member({}, values, texts);
  EXPECT_EQ(texts.min_cell_id, "C7");
  EXPECT_EQ(texts.charge_mode, "Float");
}

}  // namespace
}  // namespace dmb
