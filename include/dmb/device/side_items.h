// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/item_spec.h"
#include "dmb/battery/value.h"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dmb {

/// An item of a service that is no quantity of its battery: of the display's pages, or a switch.
struct SideItem {
  const ItemSpec* spec = nullptr;  ///< its row; the path is the item's own
  OptValue value = {};             ///< as_published()
  bool operator==(const SideItem&) const = default;
};

/// The path of one item of a row that stands for several: each '#' is one of `numbers`, in order.
std::string path_of(const ItemSpec& row, std::initializer_list<int> numbers);

/// By path.
using SideItems = std::map<std::string, SideItem, std::less<>>;

/// Items of one kind that a service shows beside its quantities. No path may be in two sets of one
/// service, nor below an item of another.
class SideItemSet {
 public:
  const SideItems& items() const { return items_; }
  /// A higher one each time that an item changed.
  std::uint32_t revision() const { return revision_; }

  /// From now on these. What is not among them any more stays as an invalid item: nobody is told
  /// that an item is gone.
  void show(const SideItems& wanted);

 private:
  SideItems items_;
  std::uint32_t revision_ = 0;
};

/// Asked before a SetValue on a side item of Trait::writable takes effect, with the value already
/// of the item's type and within its row's range; also when that is the present one, since a press
/// of a button is one. Inner nullopt: somebody wrote the empty array. The answer is the value that
/// the bus shows until the item's set says otherwise; outer nullopt: refused (code 2).
using SideWrite = std::function<std::optional<OptValue>(std::string_view path, const OptValue&)>;

}  // namespace dmb
