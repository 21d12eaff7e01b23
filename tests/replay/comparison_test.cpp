// SPDX-License-Identifier: MIT
#include "app/replay/comparison.h"

#include "app/replay/decision_text.h"
#include "app/replay/stage.h"
#include "recorded.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace dmb::replay::test {
namespace {

/// Writes down what is decided, as the daemon does.
class Scribe final : public Audience {
 public:
  void on_view(Played& device, const std::optional<record::Decision>& news, Instant now) override {
    if (news) written_ = record::Line{now, record::Decided{device.service(), *news}};
  }
  std::optional<record::Line> take() { return std::exchange(written_, std::nullopt); }

 private:
  std::optional<record::Line> written_;
};

std::vector<record::Line> with_decisions(const std::vector<record::Line>& lines) {
  std::vector<record::Line> written;
  Scribe scribe;
  Stage stage({}, scribe);
  for (const record::Line& line : lines) {
    stage.play(line);
    written.push_back(line);
    if (auto decided = scribe.take()) written.push_back(std::move(*decided));
  }
  return written;
}

Comparison compare(const std::vector<record::Line>& lines) {
  Comparison comparison;
  Stage stage({}, comparison);
  for (const record::Line& line : lines) stage.play(line);
  comparison.end();
  return comparison;
}

std::vector<record::Line> a_day() {
  Recording recording = house();
  recording.message(5, house_payload(80)).message(6, house_payload(70)).view(66).view(76);
  return with_decisions(recording.lines());
}

record::Decided& decided_in(record::Line& line) {
  return std::get<record::Decided>(line.what);
}

std::size_t nth_decision(const std::vector<record::Line>& lines, int n) {
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (std::holds_alternative<record::Decided>(lines[i].what) && n-- == 0) return i;
  return lines.size();
}

TEST(Comparison, FindsNoneWhereAllIsDecidedAsItWas) {
  const Comparison comparison = compare(a_day());
  EXPECT_EQ(comparison.decisions(), 5U);
  EXPECT_EQ(comparison.different(), 0U);
  EXPECT_TRUE(comparison.remarks().empty());
}

TEST(Comparison, FindsWhatWasDecidedOtherwise) {
  auto lines = a_day();
  decided_in(lines[nth_decision(lines, 2)]).decision.max_charge_current_a->value = 75;
  const Comparison comparison = compare(lines);
  ASSERT_EQ(comparison.different(), 1U);
  const Difference& found = comparison.differences()[0];
  EXPECT_EQ(found.where, "0:00:06.000 (2026-01-02 03:04:11 UTC) mqtt_battery");
  EXPECT_NE(found.recorded.find("CCL 75 A (as the payload gives it)"), std::string::npos);
  EXPECT_NE(found.replayed.find("CCL 70 A (as the payload gives it)"), std::string::npos);
}

TEST(Comparison, FindsAnotherReasonAndPresence) {
  auto lines = a_day();
  decided_in(lines[nth_decision(lines, 1)]).decision.max_charge_current_a->why = "because";
  decided_in(lines[nth_decision(lines, 4)]).decision.is_present = true;
  EXPECT_EQ(compare(lines).different(), 2U);
}

TEST(Comparison, FindsADecisionThatIsMissingOnEitherSide) {
  auto lines = a_day();
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(nth_decision(lines, 2)));
  EXPECT_EQ(compare(lines).different(), 1U);  // it was decided only now

  lines = a_day();
  const auto more = nth_decision(lines, 2);
  record::Line extra = lines[more];
  decided_in(extra).decision.max_charge_current_a->value = 1;
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(more) + 1,
               {record::Line{extra.at, record::Viewed{"mqtt_battery"}}, extra});
  EXPECT_EQ(compare(lines).different(), 1U);  // it was decided only then
}

TEST(Comparison, WhatAnotherMachineMakesOfTheLastDigitIsNoDifference) {
  auto lines = a_day();
  *decided_in(lines[nth_decision(lines, 2)]).decision.max_charge_current_a->value += 1e-9;
  EXPECT_EQ(compare(lines).different(), 0U);
}

TEST(Comparison, TheOrderOfMembersIsNoDifferenceAndAnotherMemberIs) {
  const auto limited = [](const std::string& why) {
    record::Decision decision{.is_present = true};
    decision.max_charge_current_a = record::DecidedLimit{30, why};
    return decision;
  };
  const auto decision = limited("shunt b is lost; shunt a is lost, and more");
  EXPECT_TRUE(same(decision, limited("shunt a is lost; shunt b is lost, and more")));
  EXPECT_FALSE(same(decision, limited("shunt a is lost; shunt c is lost, and more")));
  EXPECT_FALSE(same(decision, limited("shunt a is lost; shunt b is lost")));
}

TEST(Comparison, BeginsWithTheFirstDecisionThatIsRecorded) {
  auto lines = a_day();
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(nth_decision(lines, 0)));
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(nth_decision(lines, 0)));
  const Comparison comparison = compare(lines);
  EXPECT_EQ(comparison.decisions(), 3U);
  EXPECT_EQ(comparison.different(), 0U);
}

/// A part whose devices know less than they did.
std::vector<record::Line> a_lone_part(double then_a) {
  Recording recording;
  recording.add(0, record::Began{"1.2.3", kWallTimeS, 3, true})
      .add(0, record::ConfigLoaded{std::string(kHouseConfig), {}})
      .add(0, record::Created{"mqtt_battery", false})
      .add(0, record::CaughtUp{})
      .add(1, record::MessageCame{"battery/house", house_payload(80), false, at_s(1)})
      .add(1, record::Viewed{"mqtt_battery"})
      .add(2, record::MessageCame{"battery/house", house_payload(70), false, at_s(2)})
      .add(2, record::Viewed{"mqtt_battery"});
  auto lines = with_decisions(recording.lines());
  decided_in(lines[nth_decision(lines, 0)]).decision.max_charge_current_a->value = 33;
  decided_in(lines[nth_decision(lines, 1)]).decision.max_charge_current_a->value = then_a;
  return lines;
}

TEST(Comparison, WithoutTheBeginningItBeginsWhereBothAgree) {
  const Comparison comparison = compare(a_lone_part(70));
  EXPECT_EQ(comparison.different(), 0U);
  ASSERT_EQ(comparison.remarks().size(), 2U);
  EXPECT_EQ(comparison.remarks()[1], "0:00:02.000: mqtt_battery is compared from here on");
}

TEST(Comparison, WithoutTheBeginningOneThatNeverAgreesDiffers) {
  const Comparison comparison = compare(a_lone_part(71));
  ASSERT_EQ(comparison.different(), 1U);
  EXPECT_NE(comparison.differences()[0].recorded.find("CCL 33 A"), std::string::npos);
}

TEST(Comparison, KeepsTheFirstTenAndCountsTheRest) {
  Recording recording = house();
  for (int i = 0; i < 30; ++i) recording.message(5 + i, house_payload(80 + i));
  auto lines = with_decisions(recording.lines());
  for (record::Line& line : lines)
    if (auto* decided = std::get_if<record::Decided>(&line.what))
      if (auto& limit = decided->decision.max_charge_current_a) *limit->value += 1;
  const Comparison comparison = compare(lines);
  EXPECT_EQ(comparison.different(), 30U);
  EXPECT_EQ(comparison.differences().size(), 10U);
}

}  // namespace
}  // namespace dmb::replay::test
