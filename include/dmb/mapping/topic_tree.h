// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/mapping/map.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// Finds who is interested in a topic, by its levels: the time does not grow with the number of
/// entries.
class TopicTree {
 public:
  struct Match {
    std::size_t entry = 0;            ///< as given to add()
    std::optional<int> number = {};   ///< what "{n}" stands for in this topic, from 1
    std::string_view any = {};        ///< what the first "+" stands for
    std::string_view item_path = {};  ///< what "{item}" stands for
  };

  TopicTree();
  ~TopicTree();
  TopicTree(TopicTree&&) noexcept;
  TopicTree& operator=(TopicTree&&) noexcept;

  /// Several entries may have one pattern.
  void add(const std::vector<MapStep>& pattern, std::size_t entry);
  /// A subscription filter as MQTT writes it, "+" and "#" included.
  void add_filter(std::string_view filter, std::size_t entry);
  /// Calls `found` for each entry that `topic` belongs to.
  void find(std::string_view topic, const std::function<void(const Match&)>& found) const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
};

/// The filter to subscribe to for a pattern: "a/+/c".
std::string filter_of(const std::vector<MapStep>& pattern);
/// `filters` without repeats and without those that another one covers: the broker may deliver what
/// belongs to two of them twice.
std::vector<std::string> without_covered(std::vector<std::string> filters);

}  // namespace dmb
