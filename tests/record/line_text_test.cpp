// SPDX-License-Identifier: MIT
#include "dmb/record/line_text.h"

#include "record/line_fields.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace dmb::record {

/// Becomes any member, for counting them. Never called.
struct Anything {
  template <typename T>
  operator T() const;
};

namespace {

using namespace std::chrono_literals;

// --- Every member of every struct is written ---

template <typename T, typename... Members>
consteval std::size_t members_of() {
  if constexpr (requires { T{Members{}..., Anything{}}; })
    return members_of<T, Members..., Anything>();
  else
    return sizeof...(Members);
}
template <typename T>
inline constexpr bool kAllWritten =
    members_of<T>() == std::tuple_size_v<std::remove_const_t<decltype(kFields<T>)>>;
template <typename... Kinds>
consteval bool all_written(const std::variant<Kinds...>*) {
  return (kAllWritten<Kinds> && ...);
}
static_assert(all_written(static_cast<const What*>(nullptr)));
static_assert(kAllWritten<DecidedLimit> && kAllWritten<Decision> && kAllWritten<Surroundings> &&
              kAllWritten<ManualWishes> && kAllWritten<MemberTexts> &&
              kAllWritten<MemberSnapshot> && kAllWritten<MemberPlace> &&
              kAllWritten<WatchedMember>);

// --- What it looks like ---

Instant at(std::chrono::nanoseconds time) {
  return Instant(time);
}

TEST(LineText, IsAnObjectWithATimeAndAKind) {
  EXPECT_EQ(to_text({at(12ns), MessageCame{.topic = "home/battery",
                                           .payload = R"({"Soc": 63})",
                                           .retained = true,
                                           .arrived = at(11ns)}}),
            R"({"t":12,"mqtt":{"topic":"home/battery","payload":"{\"Soc\": 63}",)"
            R"("retained":true,"arrived":11}})");
  EXPECT_EQ(to_text({at(-5ns), CaughtUp{}}), R"({"t":-5,"caught_up":{}})");
  EXPECT_EQ(to_text({at(0s), Gap{.lines = 7}}), R"({"t":0,"gap":{"lines":7}})");
}

TEST(LineText, CallsQuantitiesByTheirPathsAndLeavesOutWhatIsNotThere) {
  WatchedMember member{.snapshot = {.capacity_ah = std::nullopt, .id = "HQ1", .name = "Bug"}};
  member.snapshot.values[q("/Soc")] = 63;
  member.snapshot.values[q("/Dc/0/Current")] = 0;
  member.snapshot.standing = Standing::no_voltage;
  member.place = {MemberRole::pair_shunt, 2, 0};
  member.others.set(q("/CustomName"), Value("Bug"));
  EXPECT_EQ(to_text({at(1ns), MembersCame{.device = "house", .members = {{3, member}}}}),
            R"({"t":1,"members":{"device":"house","all":true,"members":[[3,{"snapshot":)"
            R"({"id":"HQ1","name":"Bug","values":{"/Dc/0/Current":0.0,"/Soc":63.0},)"
            R"("standing":"no_voltage","texts":{}},"place":{"role":"pair_shunt","position":2,)"
            R"("pair":0},"others":{"/CustomName":"Bug"}}]],"looked_round":true}})");
}

TEST(LineText, TellsAnInvalidLimitFromNone) {
  const Decision decision{.is_present = true,
                          .max_charge_voltage_v = DecidedLimit{std::nullopt, "silent"},
                          .max_charge_current_a = DecidedLimit{0.0, ""}};
  const std::string text = to_text({at(1ns), Decided{"house", decision}});
  EXPECT_EQ(text, R"({"t":1,"decided":{"device":"house","decision":{"is_present":true,)"
                  R"("max_charge_voltage_v":{"why":"silent"},"max_charge_current_a":)"
                  R"({"value":0.0}}}})");
  EXPECT_EQ(std::get<Decided>(parse_line(text).value().what).decision, decision);
}

TEST(LineText, NumbersThatAreNotFiniteAreAbsent) {
  WishesCame wishes{.device = "d", .manual = {.charge_to_percent = 80}};
  wishes.manual.max_charge_current_a = std::numeric_limits<double>::quiet_NaN();
  wishes.manual.max_discharge_current_a = std::numeric_limits<double>::infinity();
  EXPECT_EQ(to_text({at(1ns), wishes}),
            R"({"t":1,"wishes":{"device":"d","manual":{"charge_to_percent":80.0}}})");
}

TEST(LineText, BytesThatAreNoTextAreNotLost) {
  const std::string bytes("\x80\0\xFFx", 4);
  const std::string text = to_text({at(1ns), MessageCame{.topic = "t", .payload = bytes}});
  EXPECT_EQ(text, R"({"t":1,"mqtt":{"topic":"t","payload":{"hex":"8000ff78"},"arrived":0}})");
  EXPECT_EQ(std::get<MessageCame>(parse_line(text).value().what).payload, bytes);
}

TEST(LineText, KeepsWhatABankRemembers) {
  State memory;
  memory.banks["house"].heard_together = 2;
  memory.banks["house"].shunts.push_back({.id = "HQ1", .name = "Bug", .capacity_ah = 290});
  const auto line = parse_line(to_text({at(1ns), Resumed{"house", memory}}));
  EXPECT_EQ(std::get<Resumed>(line.value().what).memory, memory);
}

// --- What others wrote ---

TEST(LineText, SkipsKeysAndPathsOfANewerVersion) {
  const auto line = parse_line(R"({"t":5,"new":1,"members":{"device":"d","new":[],"members":)"
                               R"([[0,{"snapshot":{"values":{"/New":"x","/Soc":5}}}]]}})");
  ASSERT_TRUE(line);
  const auto& came = std::get<MembersCame>(line->what);
  EXPECT_FALSE(came.all);
  EXPECT_EQ(came.members.at(0).second.snapshot.values[q("/Soc")], 5);
}

TEST(LineText, TellsALineOfANewerVersionFromADamagedOne) {
  for (const char* text : {R"({"t":5,"weather":{"wind":3}})", R"({"t":5})",
                           R"({"t":5,"members":{"members":[[0,{"place":{"role":"captain"}}]]}})"}) {
    EXPECT_FALSE(parse_line(text)) << text;
    EXPECT_TRUE(is_of_other_version(text)) << text;
  }
  for (const char* text : {"", "{", "[]", "null", R"({"t":5,"gap":{"lines":7)", R"({"gap":{}})",
                           R"({"t":"5","gap":{}})", R"({"t":1e400,"gap":{}})",
                           R"({"t":99999999999999999999,"gap":{}})"}) {
    EXPECT_FALSE(parse_line(text)) << text;
    EXPECT_FALSE(is_of_other_version(text)) << text;
  }
}

TEST(LineText, WhatIsOutOfRangeIsRefused) {
  for (const char* text : {
           R"({"t":1,"gap":{"lines":-1}})",
           R"({"t":1,"gap":{"lines":1.5}})",
           R"({"t":1,"gap":[]})",
           R"({"t":1,"today":{"device":"d","date":99999999}})",
           R"({"t":1,"mqtt":{"topic":"t","payload":{"hex":"8"}}})",
           R"({"t":1,"mqtt":{"topic":"t","payload":{"hex":"zz"}}})",
           R"({"t":1,"mqtt":{"topic":"t","payload":5}})",
           R"({"t":1,"members":{"members":[[1000,{}]]}})",
           R"({"t":1,"members":{"members":[[0]]}})",
           R"({"t":1,"members":{"members":[[0,{"place":{"position":65536}}]]}})",
           R"({"t":1,"members":{"members":[[0,{"snapshot":{"values":{"/Soc":null}}}]]}})",
           R"({"t":1,"resumed":{"device":"d","memory":"no state"}})",
           R"({"t":1,"created":{"is_bank":1}})",
       })
    EXPECT_FALSE(parse_line(text)) << text;
  EXPECT_FALSE(parse_line(R"({"t":1,"gap":{}})" + std::string(kMaxLineBytes, ' ')));
}

}  // namespace
}  // namespace dmb::record
