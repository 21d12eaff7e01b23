// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/codec/bus_value.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

struct sd_bus_message;

namespace dmb {

/// Items of a service by path, with their leading slash.
using ItemMap = std::map<std::string, BusValue, std::less<>>;

/// Reading all items of a service, whoever wrote the answer and however badly: values that cannot
/// be used are skipped, and texts cut. nullopt: it is of another form altogether.
namespace item_answer {

/// `a{sa{sv}}`: of GetItems.
std::optional<ItemMap> of_get_items(sd_bus_message* answer, bool (*is_wanted)(std::string_view));
/// A variant with `a{sv}`, paths without their leading slash: of GetValue on "/".
std::optional<ItemMap> of_tree(sd_bus_message* answer, bool (*is_wanted)(std::string_view));

}  // namespace item_answer
}  // namespace dmb
