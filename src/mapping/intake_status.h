// SPDX-License-Identifier: MIT
#pragma once

#include "binding.h"
#include "dmb/battery/required_items.h"
#include "dmb/mapping/intake.h"
#include "map_plan.h"
#include "source_values.h"

#include <string>
#include <vector>

namespace dmb {

/// For people: every source in the order of the map, numbered ones as far as they were heard.
std::vector<MappedItem> items_of(const MapPlan& plan, const SourceValues& values,
                                 const Bindings& bindings);

/// The topics of the required items, as far as they are known without a message.
std::vector<std::string> required_topics_of(const MapPlan& plan, const RequiredItems& required,
                                            const Bindings& bindings);

}  // namespace dmb
