// SPDX-License-Identifier: MIT
#include "dmb/bank/bank_cells.h"

#include "../support/shunt_samples.h"
#include "dmb/bank/bank.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dmb {
namespace {

using Number = std::optional<double>;
using Members = std::vector<MemberSnapshot>;

MemberSnapshot pack(const std::string& id, double min_cell_v, double max_cell_v) {
  MemberSnapshot member =
      shunt(id, {{"/System/MinCellVoltage", min_cell_v}, {"/System/MaxCellVoltage", max_cell_v}});
  member.texts.min_cell_id = "C3";
  member.texts.max_cell_id = "C7";
  return member;
}

TEST(BankCells, AreNamedByTheirMember) {
  const Aggregate bank = aggregate(Members{pack("Pack1", 3.2, 3.3), pack("Pack2", 3.25, 3.4)}, {});
  EXPECT_EQ(bank.values[q("/System/MinCellVoltage")], 3.2);
  EXPECT_EQ(bank.values[q("/System/MaxCellVoltage")], 3.4);
  EXPECT_EQ(bank.texts.min_cell_id, "Pack1 C3");
  EXPECT_EQ(bank.texts.max_cell_id, "Pack2 C7");
  EXPECT_NEAR(bank.values[q("/Voltages/Diff")].value(), 0.2, 1e-9);
}

TEST(BankCells, OfEqualOnesTheLeastIdIsNamedInAnyOrder) {
  const Members members{pack("b", 3.2, 3.3), pack("a", 3.2, 3.3)};
  const Members turned{members[1], members[0]};
  for (const Members& order : {members, turned}) {
    EXPECT_EQ(aggregate(order, {}).texts.min_cell_id, "a C3");
    EXPECT_EQ(aggregate(order, {}).texts.max_cell_id, "a C7");
  }
}

TEST(BankCells, WithoutAnIdTheMemberIsNamedAndWithoutCellsNobody) {
  Members members{pack("a", 3.2, 3.3), shunt("shunt", {{"/Dc/0/Voltage", 52}})};
  members[0].texts = {};
  EXPECT_EQ(aggregate(members, {}).texts.min_cell_id, "a");
  members.erase(members.begin());
  const Aggregate bank = aggregate(members, {});
  EXPECT_EQ(bank.texts, MemberTexts());
  EXPECT_EQ(bank.values[q("/Voltages/Diff")], std::nullopt);
}

TEST(BankCells, AnIdThatIsNamedAlreadyStaysAsItIs) {
  Members members{pack("a+b", 3.2, 3.3)};
  members[0].texts.min_cell_id = "a C3";
  members[0].texts.ids_named = true;
  EXPECT_EQ(aggregate(members, {}).texts.min_cell_id, "a C3");
}

TEST(BankCells, CountTheTemperatureOfAMemberWithoutSensorsAtItsCells) {
  MemberSnapshot cells = shunt("cells", {{"/System/MinCellTemperature", 12},
                                         {"/System/MaxCellTemperature", 31},
                                         {"/Dc/0/Temperature", 20}});
  cells.texts.min_temperature_id = "T1";
  cells.texts.max_temperature_id = "T4";
  const MemberSnapshot cold = shunt("cold", {{"/Dc/0/Temperature", 3}});
  const MemberSnapshot open =
      shunt("open", {{"/Dc/0/Temperature", -40}, {"/Settings/HasTemperature", 0}});
  const Aggregate bank = aggregate(Members{open, cells, cold}, {});
  EXPECT_EQ(bank.values[q("/System/MinCellTemperature")], 3);
  EXPECT_EQ(bank.values[q("/System/MaxCellTemperature")], 31);
  EXPECT_EQ(bank.texts.min_temperature_id, "cold");
  EXPECT_EQ(bank.texts.max_temperature_id, "cells T4");
}

TEST(BankCells, AreAsManyAsAllMembersSay) {
  struct Case {
    std::vector<Number> told;
    Number want;
  };
  const std::vector<Case> cases{{{}, {}},           {{{}}, {}},     {{16}, 16},
                                {{16, {}, 16}, 16}, {{16, 15}, {}}, {{16, 15, 16}, {}}};
  for (const Case& c : cases) {
    Members members;
    for (const Number& cells : c.told) {
      members.push_back(shunt(std::to_string(members.size()), {}));
      members.back().values[q("/System/NrOfCellsPerBattery")] = cells;
    }
    EXPECT_EQ(aggregate(members, {}).values[q("/System/NrOfCellsPerBattery")], c.want);
  }
}

TEST(BankCells, DifferByAtLeastWhatOneMemberSays) {
  Members members{pack("a", 3.2, 3.3), shunt("b", {{"/Voltages/Diff", 0.25}})};
  EXPECT_EQ(aggregate(members, {}).values[q("/Voltages/Diff")], 0.25);
  members[1].values[q("/Voltages/Diff")] = 0.01;
  EXPECT_NEAR(aggregate(members, {}).values[q("/Voltages/Diff")].value(), 0.1, 1e-9);
  const Members ends{shunt("a", {{"/System/MinCellVoltage", 3.5}}),
                     shunt("b", {{"/System/MaxCellVoltage", 3.4}})};
  EXPECT_EQ(aggregate(ends, {}).values[q("/Voltages/Diff")], std::nullopt);
}

TEST(BankCells, FollowATextThatAloneChanges) {
  Bank bank(AggregateRules{});
  Members members{pack("a", 3.2, 3.3), pack("b", 3.2, 3.3)};
  for (MemberSnapshot& member : members) member.values[q("/Dc/0/Voltage")] = 52;
  bank.replace(members, Instant());
  EXPECT_EQ(bank.aggregate(Instant()).texts.min_cell_id, "a C3");
  bank.take_news();
  MemberTexts texts = members[0].texts;
  texts.min_cell_id = "C4";
  bank.set_texts(0, texts);
  EXPECT_EQ(bank.aggregate(Instant()).texts.min_cell_id, "a C4");
  EXPECT_EQ(bank.take_news().changed, std::vector<std::size_t>{0});
  bank.set_texts(0, texts);
  EXPECT_TRUE(bank.take_news().changed.empty());
}

}  // namespace
}  // namespace dmb
