// SPDX-License-Identifier: MIT
#include "dmb/status/forget.h"

#include <gtest/gtest.h>

namespace dmb::status {
namespace {

TEST(ForgetAnswer, ComesBackAsItWas) {
  for (const ForgetAnswer& answer :
       {ForgetAnswer{}, ForgetAnswer{Forgetting::forgotten, {}, 0},
        ForgetAnswer{Forgetting::several, {"Bow (HQ1)", "Bow (HQ2)"}, 2},
        ForgetAnswer{.outcome = Forgetting::forgotten, .sensors = true}})
    EXPECT_EQ(parse_forget_answer(to_json(answer)), answer) << to_json(answer);
}

TEST(ForgetAnswer, IsNotMadeOfAnything) {
  for (const char* text : {"", "x", "[]", "{}", "7", R"({"missing":[]})"})
    EXPECT_FALSE(parse_forget_answer(text)) << text;
  EXPECT_FALSE(parse_forget_answer(std::string(2'000'000, ' ')));
  EXPECT_EQ(parse_forget_answer(R"({"outcome":"dancing","missing":5,"lost":"x"})"), ForgetAnswer{});
}

TEST(ForgetAnswer, SaysWhatCameOfItAndWhatToDo) {
  struct Case {
    ForgetAnswer answer;
    std::vector<std::string> parts;
  };
  const std::vector<Case> cases{
      {{}, {"aggregates no shunts"}},
      {{Forgetting::forgotten, {}, 0}, {"Bow is forgotten", "No shunt is missing."}},
      {{Forgetting::forgotten, {"HQ2"}, 1}, {"Bow is forgotten", "Missing:\n  HQ2\n"}},
      {{Forgetting::forgotten, {}, 1}, {"Missed all the same: 1", "expected_shunts"}},
      {{Forgetting::present, {}, 0}, {"Bow is on the bus, so it cannot", "exclude_shunts"}},
      {{Forgetting::several, {"Bow (1)", "Bow (2)"}, 2}, {"several", "serial", "Bow (2)"}},
      {{Forgetting::unknown, {"a\x1b"}, 1}, {"no missing shunt is called Bow", "a\\x1B"}}};
  for (const Case& c : cases)
    for (const std::string& part : c.parts)
      EXPECT_NE(describe(c.answer, "Bow").find(part), std::string::npos)
          << part << " is not in:\n"
          << describe(c.answer, "Bow");
  EXPECT_EQ(
      describe({.outcome = Forgetting::forgotten, .sensors = true}, "Bow"),
      "cells and temperatures of Bow that are missing now are not missed any more; limits that "
      "fell for it rise after the usual delay.\n");
  EXPECT_EQ(describe({.outcome = Forgetting::present, .sensors = true}, "Bow"),
            "no cell and no temperature of Bow is missing.\n");
  EXPECT_EQ(describe({Forgetting::forgotten, {"HQ2"}, 1}, "Bow").find("all the same"),
            std::string::npos);
}

}  // namespace
}  // namespace dmb::status
