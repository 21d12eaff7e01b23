// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// Which items exist, found by path. Two bytes per item: the order by path holds the whole tree,
/// since everything below a node stands in one run.
class ItemIndex {
 public:
  explicit ItemIndex(std::span<const ItemSpec> items) : items_(items) {}

  void add(Quantity id);

  std::size_t size() const { return ordered_.size(); }

  /// The item at exactly `path`, or nullptr.
  const Quantity* find(std::string_view path) const;

  /// All items below `node` ("/" or "/Dc"), in order of path; empty when there is no such node.
  std::span<const Quantity> below(std::string_view node) const;

  /// Names of the nodes and items directly below `node`.
  std::vector<std::string_view> children(std::string_view node) const;

  std::string_view path(Quantity id) const { return items_[id.index()].path; }

 private:
  using Position = std::vector<Quantity>::const_iterator;
  Position lower_bound(std::string_view path) const;

  std::span<const ItemSpec> items_;
  std::vector<Quantity> ordered_;
};

/// `node` with a slash at its end: what the paths below it begin with.
std::string prefix_of(std::string_view node);

}  // namespace dmb
