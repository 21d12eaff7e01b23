// SPDX-License-Identifier: MIT
// What is published of a battery of which all is known: its discovery and its state, as one JSON
// array, for check_templates.py.
#include "dmb/publish/discovery.h"
#include "dmb/publish/state_message.h"

#include <iostream>

using namespace dmb;

namespace {

constexpr std::string_view kAbout =
    R"({"limits":{"max_charge_current_a":{"value":0,"why":"full","fault":false}}})";

Value some_value(const ItemSpec& item) {
  if (item.kind == Kind::text) return std::string(300, 'x');
  if (item.kind == Kind::measure) return 1.5;
  return 1;
}

}  // namespace

int main() {
  std::vector<Quantity> items;
  ItemValues values;
  for (const Quantity id : all_quantities()) {
    if (!is_offered(id.spec())) continue;
    items.push_back(id);
    values.set(id, some_value(id.spec()));
  }
  const PublishTopics topics("base", "gx", "homeassistant");
  std::cout << '[' << discovery_message({.id = "house", .name = "House"}, items, topics) << ','
            << state_message(values, kAbout) << "]\n";
}
