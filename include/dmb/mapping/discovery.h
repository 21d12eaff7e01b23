// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"
#include "dmb/mapping/parse_map.h"

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// A preset as its file says it, comments removed.
struct DiscoveryPreset {
  std::string name;
  std::vector<MapEntry> entries;
  /// What stands for its placeholders where the config says nothing; names in lower case.
  std::map<std::string, std::string, std::less<>> defaults = {};
};

/// What the config has already.
struct KnownBatteries {
  std::set<int> instances = {};
  std::set<std::string> sections = {};    ///< of [BATTERY name]: the names in lower case
  std::vector<std::string> filters = {};  ///< that its batteries subscribe to
};

/// One battery on the broker.
struct FoundBattery {
  std::string name = {};  ///< of its section: fit to stand between brackets
  std::string how = {};   ///< by what it was recognised: "preset batmon, 9 of its 20 lines"
  std::vector<std::string> section = {};  ///< lines of [BATTERY name]
  std::vector<std::string> map = {};      ///< lines of [MAP name]; empty: it needs none
  std::vector<std::string> notes = {};    ///< "saw: SoC 73%, …", "missing: …", "guessed: …"
  bool is_complete = false;               ///< whatever a battery needs to be on the bus was there
  bool is_known = false;                  ///< the config reads it already
};

struct DiscoveryReport {
  std::vector<FoundBattery> batteries = {};  ///< complete ones first; at most kMaxFoundBatteries
  std::vector<std::string> remarks = {};     ///< what was left out, and the like
  std::size_t messages = 0;

  /// How many are new and complete.
  std::size_t usable() const;
};

inline constexpr std::size_t kMaxFoundBatteries = 50;

/// Looks at whatever a broker brings, and finds the batteries in it: by the presets' lines, by
/// their JSON, by what is announced to Home Assistant, by a Venus device's topics. A preset is
/// recognised by its lines alone, so that a new one needs no code. What is kept is bounded,
/// whatever comes. Pure.
class Discovery {
 public:
  explicit Discovery(std::vector<DiscoveryPreset> presets);
  ~Discovery();

  void receive(std::string_view topic, std::string_view payload);
  /// For the Venus devices that were heard: "R/<portal id>/keepalive", what makes them send.
  std::vector<std::string> keepalive_topics() const;
  DiscoveryReport report(const KnownBatteries& known) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// The report as a piece of config: sections, and comments around them. Whatever came from the
/// broker is printable in it. Ends with a line feed.
std::string render(const DiscoveryReport& report);

}  // namespace dmb
