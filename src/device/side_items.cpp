// SPDX-License-Identifier: MIT
#include "dmb/device/side_items.h"

namespace dmb {

std::string path_of(const ItemSpec& row, std::initializer_list<int> numbers) {
  std::string path;
  const auto* next = numbers.begin();
  for (const char c : row.path) {
    if (c == '#' && next != numbers.end())
      path += std::to_string(*next++);
    else
      path += c;
  }
  return path;
}

void SideItemSet::show(const SideItems& wanted) {
  bool is_new = false;
  for (auto& [path, item] : items_) {
    if (!item.value || wanted.contains(path)) continue;
    item.value.reset();
    is_new = true;
  }
  for (const auto& [path, item] : wanted) {
    SideItem& shown = items_[path];
    if (shown == item) continue;
    shown = item;
    is_new = true;
  }
  if (is_new) ++revision_;
}

}  // namespace dmb
