// SPDX-License-Identifier: MIT
#include "dmb/why/explain.h"
#include "scene.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>

namespace dmb::why {
namespace {

TEST(RenderWhy, PutsTheVerdictInTheFirstLineAndTheChainsBelow) {
  Scene scene;
  scene.house().values.current_a = scene.roof().current_a = 20;
  EXPECT_EQ(
      render(scene.why()),
      R"(charging 20 A: highest cell C7 3.451 V allows 20 A; Roof gives 20 A (all the sun there is)
-> without that: CCL 100 A (as configured)

CCL
  100 A     House: as configured
> 20 A      House: highest cell C7 3.451 V
  20 A      Roof: is told
  20 A      Roof: measured
  8 A       Multi: is told
  0 A       Multi: measured
  20 A      House: measured

DCL
> 120 A     House: as the payload gives it
  120 A     Multi: is told

CVL
> 55.2 V    House: as the payload gives it
  55.2 V    systemcalc: hands on
  55.2 V    Roof: is told
  55.2 V    Multi: is told
  53.1 V    House: measured
)");
}

TEST(RenderWhy, SaysBothWhereDischargingIsLimitedToo) {
  Scene scene;
  scene.ccl() = {0, "Bow: high voltage alarm", true};
  scene.dcl() = {0, "Bow: high voltage alarm", true};
  std::istringstream text(render(scene.why()));
  std::string first;
  std::string second;
  std::getline(text, first);
  std::getline(text, second);
  EXPECT_EQ(first.substr(0, 47), "charging 12 A: CCL 0 A (Bow: high voltage alarm");
  EXPECT_EQ(second, "charging 12 A: DCL 0 A (Bow: high voltage alarm)");
}

TEST(RenderWhy, LetsNoControlCharacterThrough) {
  Scene scene;
  scene.roof().name = "\x1b[2JRoof\n\xff";
  scene.ccl().why = "\x1b]0;x\x07: 20 A";
  scene.gx.silent = {"com.victronenergy.vebus.\x1b"};
  const std::string text = render(scene.why());
  EXPECT_TRUE(std::ranges::none_of(text, [](char c) {
    return c != '\n' && (static_cast<unsigned char>(c) < 0x20 || c == 0x7F);
  })) << text;
  EXPECT_TRUE(nlohmann::json::accept(to_json(scene.why())));
}

TEST(WhyJson, SaysTheSameForScripts) {
  const Scene scene;
  const auto json = nlohmann::json::parse(to_json(scene.why()));
  EXPECT_EQ(json["verdict"], verdict(scene.why()));
  EXPECT_EQ(json["exit_code"], 0);
  EXPECT_EQ(json["charge"]["clauses"][0]["id"], "current_limit");
  EXPECT_EQ(json["charge"]["clauses"][1]["id"], "sun");
  EXPECT_EQ(json["discharge"], nullptr);
  EXPECT_EQ(json["chains"][0]["steps"][1]["decides"], true);
  EXPECT_EQ(json["chains"][0]["steps"][1]["value"], 20);
}

TEST(WhyJson, HasNothingToExplain) {
  const auto json = nlohmann::json::parse(to_json(explain({}, {}, "House")));
  EXPECT_EQ(json["exit_code"], 3);
  EXPECT_EQ(json["charge"], nullptr);
}

}  // namespace
}  // namespace dmb::why
