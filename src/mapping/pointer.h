// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/mapping/map.h"
#include "json_document.h"

#include <functional>
#include <optional>
#include <span>

namespace dmb {

/// Calls `found` for each value that `pointer` leads to, with the number that "{n}" or "*" stands
/// for there, from 1 up to `max_number`.
void resolve(const JsonDocument& document, std::span<const MapStep> pointer, int max_number,
             const std::function<void(std::optional<int> number, std::size_t at)>& found);

}  // namespace dmb
