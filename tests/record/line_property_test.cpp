// SPDX-License-Identifier: MIT
#include "../support/random_line.h"
#include "dmb/codec/text.h"
#include "dmb/record/line_text.h"
#include "record/line_fields.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>

namespace dmb::record {
namespace {

using test::for_each_seed;
using test::RandomInput;
using test::RandomLine;

/// By every member that is written; -0.0 is not 0.0.
template <typename T>
bool same(const T& a, const T& b) {
  if constexpr (std::is_same_v<T, double>) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
  } else if constexpr (kIsObject<T>) {
    return std::apply(
        [&](const auto&... field) { return (same(a.*field.member, b.*field.member) && ...); },
        kFields<T>);
  } else if constexpr (requires { a.has_value(); }) {
    return a.has_value() == b.has_value() && (!a || same(*a, *b));
  } else if constexpr (std::is_same_v<T, MemberValues>) {
    return std::ranges::all_of(kAllMemberQuantities, [&](MemberQuantity quantity) {
      return same(a[quantity], b[quantity]);
    });
  } else if constexpr (requires { a.first; }) {
    return same(a.first, b.first) && same(a.second, b.second);
  } else if constexpr (std::is_same_v<T, decltype(MembersCame::members)>) {
    return std::ranges::equal(a, b,
                              [](const auto& one, const auto& other) { return same(one, other); });
  } else {
    return a == b;
  }
}

bool same_line(const Line& a, const Line& b) {
  return a.at == b.at && a.what.index() == b.what.index() &&
         std::visit(
             [&b](const auto& what) {
               return same(what, std::get<std::remove_cvref_t<decltype(what)>>(b.what));
             },
             a.what);
}

TEST(LineProperty, AnyLineIsReadAsItWasWritten) {
  for_each_seed(2000, [](RandomInput& random) {
    const Line line = RandomLine(random).line();
    const std::string text = to_text(line);
    EXPECT_TRUE(is_bus_text(text) && text.find('\n') == std::string::npos) << text;
    const auto back = parse_line(text);
    ASSERT_TRUE(back) << text;
    EXPECT_TRUE(same_line(*back, line)) << text;
    EXPECT_EQ(to_text(*back), text);
  });
}

TEST(LineProperty, NoPartOfALineIsALine) {
  for_each_seed(300, [](RandomInput& random) {
    const std::string text = to_text(RandomLine(random).line());
    const std::string cut = text.substr(0, random.below(text.size()));
    EXPECT_FALSE(parse_line(cut)) << cut;
    EXPECT_FALSE(is_of_other_version(cut)) << cut;
  });
}

TEST(LineProperty, ADamagedLineIsRefusedOrReadAsOneThatCanBeWritten) {
  for_each_seed(3000, [](RandomInput& random) {
    std::string text = to_text(RandomLine(random).line());
    for (std::size_t count = 1 + random.below(4); count > 0; --count)
      text.at(random.below(text.size())) = static_cast<char>(random.below(256));
    const auto line = parse_line(text);
    if (!line) return;
    const auto again = parse_line(to_text(*line));
    ASSERT_TRUE(again) << text;
    EXPECT_TRUE(same_line(*again, *line)) << text;
  });
}

}  // namespace
}  // namespace dmb::record
