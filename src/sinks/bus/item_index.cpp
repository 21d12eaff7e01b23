// SPDX-License-Identifier: MIT
#include "item_index.h"

#include <algorithm>

namespace dmb {

std::string prefix_of(std::string_view node) {
  std::string prefix(node);
  if (!prefix.ends_with('/')) prefix += '/';
  return prefix;
}

ItemIndex::Position ItemIndex::lower_bound(std::string_view path) const {
  return std::ranges::lower_bound(ordered_, path, {},
                                  [this](Quantity id) { return this->path(id); });
}

void ItemIndex::add(Quantity id) {
  ordered_.insert(lower_bound(path(id)), id);
}

const Quantity* ItemIndex::find(std::string_view path) const {
  const auto found = lower_bound(path);
  if (found == ordered_.end() || this->path(*found) != path) return nullptr;
  return &*found;
}

std::span<const Quantity> ItemIndex::below(std::string_view node) const {
  const std::string prefix = prefix_of(node);
  const auto first = lower_bound(prefix);
  const auto last = std::find_if_not(first, ordered_.end(),
                                     [&](Quantity id) { return path(id).starts_with(prefix); });
  return {first, last};
}

std::vector<std::string_view> ItemIndex::children(std::string_view node) const {
  const std::size_t prefix_size = prefix_of(node).size();
  std::vector<std::string_view> names;
  for (const Quantity id : below(node)) {
    const std::string_view rest = path(id).substr(prefix_size);
    const std::string_view name = rest.substr(0, rest.find('/'));
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  return names;
}

}  // namespace dmb
