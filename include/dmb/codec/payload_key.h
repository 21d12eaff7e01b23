// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity.h"

#include <optional>
#include <string_view>

namespace dmb {

// What the keys of a payload mean. A key's path is all keys down to it, '/' between them, without
// the leading slash, in any case: "Dc/0/Power".

struct PayloadKey {
  std::optional<Quantity> item;
  bool ignored = false;  ///< says nothing about the battery, and is sent along by many
};

/// Understands also "Dc/Power", "Voltages/Cell01", and the cells in the other form that
/// dbus-serialbattery has for them: "Cell/7/Volts", "Cell/Sum", "Cell/Diff".
PayloadKey understand_key(std::string_view path);

/// The first cell's item where a list at `path` holds a value for each cell: "Voltages",
/// "Balances".
std::optional<Quantity> find_list_of_cells(std::string_view path);

}  // namespace dmb
