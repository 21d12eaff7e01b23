// SPDX-License-Identifier: MIT
#include "dmb/mapping/topic_tree.h"

#include "dmb/codec/topic.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace dmb {
namespace {

using Pattern = std::vector<MapStep>;

MapStep level(std::string text) {
  return {.text = std::move(text)};
}

MapStep numbered(std::string text, NumberForm form = {}, std::string tail = {}) {
  return {.kind = MapStep::Kind::numbered,
          .text = std::move(text),
          .tail = std::move(tail),
          .number = form};
}

const MapStep kAny{.kind = MapStep::Kind::any};
const MapStep kItem{.kind = MapStep::Kind::item};

struct Found {
  std::size_t entry = 0;
  std::optional<int> number;
  std::string any;
  std::string item_path;
  bool operator==(const Found&) const = default;
};

std::vector<Found> find(const TopicTree& tree, std::string_view topic) {
  std::vector<Found> found;
  tree.find(topic, [&found](const TopicTree::Match& match) {
    found.push_back(
        {match.entry, match.number, std::string(match.any), std::string(match.item_path)});
  });
  std::ranges::sort(found, {}, &Found::entry);
  return found;
}

TEST(TopicTree, FindsAllEntriesOfATopicAndNoOther) {
  TopicTree tree;
  tree.add({level("ess"), level("soc")}, 0);
  tree.add({level("ess"), level("soc")}, 1);
  tree.add({level("ess"), level("volt")}, 2);
  EXPECT_EQ(find(tree, "ess/soc"), (std::vector<Found>{{0}, {1}}));
  EXPECT_EQ(find(tree, "ess/volt"), std::vector<Found>{{2}});
  for (const char* other : {"", "ess", "ess/", "ess/soc/", "ess/soc/x", "/ess/soc", "Ess/soc"})
    EXPECT_TRUE(find(tree, other).empty()) << other;
}

TEST(TopicTree, ReadsTheNumberOfALevelAsItIsWritten) {
  TopicTree tree;
  tree.add({level("c"), numbered("cell_", {.shift = -1, .width = 2})}, 0);
  tree.add({level("c"), numbered("cell", {}, "_mv")}, 1);
  tree.add({level("c"), numbered("")}, 2);
  tree.add({numbered("pack"), numbered("cell")}, 3);
  tree.add({level("p1cell"), numbered("cell1")}, 4);
  EXPECT_EQ(find(tree, "c/cell_00"), (std::vector<Found>{{0, 1}}));
  EXPECT_EQ(find(tree, "c/cell_15"), (std::vector<Found>{{0, 16}}));
  EXPECT_EQ(find(tree, "c/cell_100"), (std::vector<Found>{{0, 101}}));
  EXPECT_EQ(find(tree, "c/cell7_mv"), (std::vector<Found>{{1, 7}}));
  EXPECT_EQ(find(tree, "c/12"), (std::vector<Found>{{2, 12}}));
  EXPECT_EQ(find(tree, "pack3/cell3"), (std::vector<Found>{{3, 3}}));
  EXPECT_EQ(find(tree, "p1cell/cell12"), (std::vector<Found>{{4, 2}})) << "digits before {n}";
  for (const char* other :
       {"c/cell_0", "c/cell_007", "c/cell_-1", "c/cell07_mv", "c/cell0_mv", "c/0", "c/", "c/cell_",
        "c/+1", "c/99999999999999999999", "pack3/cell4"})
    EXPECT_TRUE(find(tree, other).empty()) << other;
}

TEST(TopicTree, SaysWhatAPlusAndAnItemStandFor) {
  TopicTree tree;
  tree.add({level("jk"), kAny, level("soc"), kAny}, 0);
  tree.add({level("N"), level("id"), kItem}, 1);
  tree.add({level("N"), level("id"), level("Soc")}, 2);
  EXPECT_EQ(find(tree, "jk/one/soc/two"), (std::vector<Found>{{0, {}, "one"}}));
  EXPECT_EQ(find(tree, "jk//soc/"), (std::vector<Found>{{0, {}, ""}}));
  EXPECT_EQ(find(tree, "N/id/Dc/0/Voltage"), (std::vector<Found>{{1, {}, "", "Dc/0/Voltage"}}));
  EXPECT_EQ(find(tree, "N/id/Soc"), (std::vector<Found>{{1, {}, "", "Soc"}, {2}}));
  EXPECT_TRUE(find(tree, "N/id").empty());
}

TEST(TopicTree, FindsFiltersByTheRulesOfMqtt) {
  const std::vector<std::string> filters{"battery", "a/+/c", "+/+", "+",      "#",        "a/#",
                                         "+/b/#",   "a/",    "/a",  "$SYS/#", "+/uptime", "a//b"};
  TopicTree tree;
  for (std::size_t i = 0; i < filters.size(); ++i) tree.add_filter(filters[i], i);
  for (const char* topic : {"battery", "battery/1", "a/b/c", "a/b", "a", "a/", "/a", "", "a//b",
                            "$SYS/uptime", "$SYS", "x/b/c/d/e", "a/b/c/d", "/"}) {
    std::vector<std::size_t> want;
    for (std::size_t i = 0; i < filters.size(); ++i)
      if (topic_matches(filters[i], topic)) want.push_back(i);
    std::vector<std::size_t> got;
    for (const Found& found : find(tree, topic)) got.push_back(found.entry);
    EXPECT_EQ(got, want) << topic;
  }
}

TEST(Filters, AreThoseOfThePatterns) {
  EXPECT_EQ(filter_of({level("a"), numbered("cell"), level("c")}), "a/+/c");
  EXPECT_EQ(filter_of({level("a"), kAny}), "a/+");
  EXPECT_EQ(filter_of({level("N"), kItem}), "N/#");
  EXPECT_EQ(filter_of({level("a")}), "a");
}

TEST(Filters, AreSubscribedToOnceAndNotBesideOneThatCoversThem) {
  using Filters = std::vector<std::string>;
  EXPECT_EQ(without_covered({"b", "a", "b"}), (Filters{"a", "b"}));
  EXPECT_EQ(without_covered({"a/b", "a/+", "a/b/c"}), (Filters{"a/+", "a/b/c"}));
  EXPECT_EQ(without_covered({"a/#", "a", "a/+/c", "ab"}), (Filters{"a/#", "ab"}));
  EXPECT_EQ(without_covered({"#", "$SYS/x", "a"}), (Filters{"#", "$SYS/x"}));
  EXPECT_EQ(without_covered({"+/b", "a/+"}), (Filters{"+/b", "a/+"})) << "neither covers the other";
}

}  // namespace
}  // namespace dmb
