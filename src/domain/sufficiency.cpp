// SPDX-License-Identifier: MIT
#include "dmb/domain/sufficiency.h"

namespace dmb {
namespace {

bool told(const Reading& reading, ItemId id) {
  return reading.find(id) != nullptr;
}

bool known(const Reading& reading, ItemId id) {
  const Reading::Field* field = reading.find(id);
  return field != nullptr && field->value.has_value();
}

/// The two that a voltage follows from; but nothing is derived in place of one that is wrong.
template <typename Test>
bool by_power_and_current(const Reading& reading, ItemId id, Test test) {
  const BatteryIds& ids = battery_ids();
  if (id != ids.voltage) return false;
  const Reading::Field* voltage = reading.find(id);
  const bool wrong = voltage != nullptr && voltage->bad;
  return !wrong && test(reading, ids.power) && test(reading, ids.current);
}

}  // namespace

Sufficiency sufficiency_of(const Reading& reading, const RequiredItems& required) {
  Sufficiency result;
  for (const ItemId id : required) {
    if (known(reading, id) || by_power_and_current(reading, id, known)) continue;
    const bool there = told(reading, id) || by_power_and_current(reading, id, told);
    (there ? result.unknown : result.missing).push_back(id);
  }
  return result;
}

}  // namespace dmb
