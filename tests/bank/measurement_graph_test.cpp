// SPDX-License-Identifier: MIT
#include "dmb/bank/measurement_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace dmb {
namespace {

using Why = StandIn::Why;
using Services = std::vector<std::string>;

MeasurementNode battery(std::string service) {
  MeasurementNode node;
  node.service = std::move(service);
  return node;
}

MeasurementNode aggregate(std::string service, Services tracks) {
  MeasurementNode node = battery(std::move(service));
  node.is_aggregate = true;
  node.tracks = std::move(tracks);
  return node;
}

MeasurementNode bystander(MeasurementNode node) {
  node.is_member = false;
  return node;
}

/// The services that count.
Services counting(const std::vector<MeasurementNode>& nodes) {
  const auto stand_ins = find_stand_ins(nodes);
  Services services;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (nodes[i].is_member && !stand_ins[i]) services.push_back(nodes[i].service);
  std::ranges::sort(services);
  return services;
}

TEST(MeasurementGraph, LetsAllCountThatHaveNothingInCommon) {
  EXPECT_EQ(counting({}), Services());
  EXPECT_EQ(counting({battery("a"), battery("b"), aggregate("c", {})}), (Services{"a", "b", "c"}));
}

TEST(MeasurementGraph, LetsAnAggregateStandForAllThatItTracks) {
  const std::vector<MeasurementNode> nodes{battery("a"), battery("b"), battery("c"),
                                           aggregate("top", {"inner", "c", "elsewhere"}),
                                           bystander(aggregate("inner", {"a"}))};
  EXPECT_EQ(counting(nodes), (Services{"b", "top"}));
  EXPECT_EQ(find_stand_ins(nodes)[0], (StandIn{Why::tracked, 3}));
}

TEST(MeasurementGraph, BelievesNoTracksOfABatteryNorOfWhatIsNoMember) {
  MeasurementNode liar = battery("liar");
  liar.tracks = {"a"};
  EXPECT_EQ(counting({battery("a"), liar, bystander(aggregate("other", {"a"}))}),
            (Services{"a", "liar"}));
}

TEST(MeasurementGraph, LetsOneOfACircleCount) {
  EXPECT_EQ(counting({aggregate("self", {"self", "a"}), battery("a")}), Services{"self"});
  EXPECT_EQ(counting({aggregate("x", {"y"}), aggregate("y", {"z"}), aggregate("z", {"x", "a"}),
                      battery("a")}),
            Services{"x"});
  EXPECT_EQ(counting({aggregate("top", {"x"}), aggregate("x", {"y"}), aggregate("y", {"x"})}),
            Services{"top"});
}

TEST(MeasurementGraph, CountsTheSameHardwareOnce) {
  MeasurementNode a = battery("a");
  MeasurementNode b = battery("b");
  a.serial = b.serial = "S1";
  EXPECT_EQ(counting({b, a}), Services{"a"});
  b.arrival = 1;
  EXPECT_EQ(counting({b, a}), Services{"b"}) << "its cable was moved to another port";
  a.is_own = true;
  EXPECT_EQ(counting({b, a}), Services{"a"});
  b.has_bms = true;
  EXPECT_EQ(counting({b, a}), Services{"b"});
  EXPECT_EQ(find_stand_ins(std::vector{b, a})[1], (StandIn{Why::same_hardware, 0}));
  b.authority = "a";
  EXPECT_EQ(counting({b, a}), Services{"a"});
}

TEST(MeasurementGraph, KnowsTheSameHardwareByEachSign) {
  MeasurementNode a = battery("a");
  MeasurementNode b = battery("b");
  a.physical_device = b.physical_device = "battery:1";
  EXPECT_EQ(counting({a, b}), Services{"a"});
  a = battery("a");
  a.peers = {"elsewhere", "b"};
  EXPECT_EQ(counting({a, battery("b")}), Services{"a"});
  a = battery("a");
  a.owner = b.owner = ":1.5";
  b.physical_device.clear();
  EXPECT_EQ(counting({a, b}), Services{"a"});
  a = battery("");
  a.is_own = true;
  a.read_instance = 278;
  b = battery("b");
  b.instance = 278;
  EXPECT_EQ(counting({a, b}), Services{""});
  b.instance = 279;
  EXPECT_EQ(counting({a, b}), (Services{"", "b"}));
}

TEST(MeasurementGraph, TakesNoZerosForASerial) {
  MeasurementNode a = battery("a");
  MeasurementNode b = battery("b");
  for (const char* serial : {"", "0", "0000-0000", "  "}) {
    a.serial = b.serial = serial;
    EXPECT_EQ(counting({a, b}), (Services{"a", "b"})) << serial;
  }
}

TEST(MeasurementGraph, CountsNoBatteryWhoseTwinIsTracked) {
  MeasurementNode shunt = bystander(battery("shunt"));
  MeasurementNode pack = battery("pack");
  shunt.physical_device = pack.physical_device = "battery:1";
  EXPECT_EQ(counting({aggregate("top", {"shunt"}), shunt, pack}), Services{"top"});
  EXPECT_EQ(counting({shunt, pack}), Services{"pack"}) << "what is no member stands for nobody";
}

TEST(MeasurementGraph, GivesABystanderNoSay) {
  MeasurementNode liar = bystander(battery("liar"));
  liar.peers = {"a", "b"};
  liar.authority = "liar";
  EXPECT_EQ(counting({battery("a"), battery("b"), liar}), (Services{"a", "b"}));
}

TEST(MeasurementGraph, ReadsListsOfServices) {
  EXPECT_EQ(parse_services(""), Services());
  EXPECT_EQ(parse_services(","), Services());
  EXPECT_EQ(parse_services("a"), Services{"a"});
  EXPECT_EQ(parse_services(" a , b,,c "), (Services{"a", "b", "c"}));
  EXPECT_EQ(parse_services(std::string(100000, ',') + "a"), Services{"a"});
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "a,";
  EXPECT_EQ(parse_services(many).size(), 200U);
}

// --- Whatever the graph ---

/// Physical batteries, each shown by some services that say so, and aggregates over any of them.
class RandomGraph {
 public:
  explicit RandomGraph(unsigned seed) : random_(seed) {
    for (int device = 0; device < one_of(8); ++device) add_services_of(device);
    const std::size_t batteries = nodes.size();
    for (int i = 0; i < one_of(5); ++i) nodes.push_back(aggregate("agg" + std::to_string(i), {}));
    for (std::size_t i = batteries; i < nodes.size(); ++i) {
      for (int n = one_of(6); n > 0; --n)
        nodes[i].tracks.push_back(
            nodes[static_cast<std::size_t>(one_of(static_cast<int>(nodes.size())))].service);
      devices.push_back(-1);
    }
    for (MeasurementNode& node : nodes) node.is_member = one_of(3) != 0;
  }

  /// All batteries that are in what it shows.
  std::set<int> devices_in(std::size_t index) const {
    std::set<int> found;
    std::set<std::size_t> seen{index};
    std::vector<std::size_t> open{index};
    while (!open.empty()) {
      const std::size_t at = open.back();
      open.pop_back();
      if (devices[at] >= 0) found.insert(devices[at]);
      if (!nodes[at].is_aggregate) continue;
      for (std::size_t i = 0; i < nodes.size(); ++i)
        if (std::ranges::count(nodes[at].tracks, nodes[i].service) > 0 && seen.insert(i).second)
          open.push_back(i);
    }
    return found;
  }

  std::vector<MeasurementNode> nodes;
  std::vector<int> devices;  ///< of each node; -1: an aggregate's

 private:
  int one_of(int count) { return std::uniform_int_distribution(0, count - 1)(random_); }

  void add_services_of(int device) {
    const std::string id = "device" + std::to_string(device);
    for (int n = 1 + one_of(3); n > 0; --n) {
      MeasurementNode node = battery("service" + std::to_string(nodes.size()));
      (one_of(2) == 0 ? node.serial : node.physical_device) = id;
      for (std::size_t i = 0; i < nodes.size(); ++i)
        if (devices[i] == device) node.peers.push_back(nodes[i].service);
      node.has_bms = one_of(2) == 0;
      node.arrival = static_cast<std::uint64_t>(one_of(3));
      node.authority = one_of(3) == 0 ? node.service : "";
      nodes.push_back(node);
      devices.push_back(device);
    }
  }

  std::mt19937 random_;
};

TEST(MeasurementGraph, CountsNothingTwiceAndLeavesNothingOutWhateverTheGraph) {
  for (unsigned seed = 0; seed < 1000; ++seed) {
    const RandomGraph graph(seed);
    const auto stand_ins = find_stand_ins(graph.nodes);
    std::set<int> wanted;
    std::multiset<int> of_batteries;
    std::set<int> of_aggregates;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      if (!graph.nodes[i].is_member) continue;
      const std::set<int> devices = graph.devices_in(i);
      wanted.insert(devices.begin(), devices.end());
      if (stand_ins[i]) {
        const std::size_t by = stand_ins[i]->by;
        EXPECT_TRUE(graph.nodes[by].is_member && !stand_ins[by]) << "seed " << seed;
      } else if (graph.nodes[i].is_aggregate) {
        of_aggregates.insert(devices.begin(), devices.end());
      } else {
        of_batteries.insert(devices.begin(), devices.end());
      }
    }
    std::set<int> counted = of_aggregates;
    for (const int device : of_batteries) {
      EXPECT_EQ(of_batteries.count(device), 1U) << "seed " << seed;
      EXPECT_FALSE(of_aggregates.contains(device)) << "seed " << seed;
      counted.insert(device);
    }
    ASSERT_EQ(counted, wanted) << "seed " << seed;
  }
}

}  // namespace
}  // namespace dmb
