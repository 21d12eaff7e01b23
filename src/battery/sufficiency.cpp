// SPDX-License-Identifier: MIT
#include "dmb/battery/sufficiency.h"

namespace dmb {
namespace {

bool told(const Reading& reading, Quantity id) {
  return reading.find(id) != nullptr;
}

bool known(const Reading& reading, Quantity id) {
  const Reading::Field* field = reading.find(id);
  return field != nullptr && field->value.has_value();
}

/// The two that a voltage follows from; but nothing is derived in place of one that is wrong.
template <typename Test>
bool by_power_and_current(const Reading& reading, Quantity id, Test test) {
  if (id != q("/Dc/0/Voltage")) return false;
  const Reading::Field* voltage = reading.find(id);
  const bool wrong = voltage != nullptr && voltage->bad;
  return !wrong && test(reading, q("/Dc/0/Power")) && test(reading, q("/Dc/0/Current"));
}

}  // namespace

Sufficiency sufficiency_of(const Reading& reading, const RequiredItems& required) {
  Sufficiency result;
  for (const Quantity id : required) {
    if (known(reading, id) || by_power_and_current(reading, id, known)) continue;
    const bool there = told(reading, id) || by_power_and_current(reading, id, told);
    (there ? result.unknown : result.missing).push_back(id);
  }
  return result;
}

}  // namespace dmb
