// SPDX-License-Identifier: MIT
#include "required_told.h"

#include <algorithm>

namespace dmb {
namespace {

bool known(const Reading& reading, Quantity id) {
  const Reading::Field* field = reading.find(id);
  return field != nullptr && field->value.has_value();
}

bool unknown(const Reading& reading, Quantity id) {
  const Reading::Field* field = reading.find(id);
  return field != nullptr && !field->value;
}

/// Nothing is derived in place of a voltage that is wrong.
bool by_power_and_current(const Reading& reading, Quantity id) {
  const Reading::Field* voltage = reading.find(id);
  return id == q("/Dc/0/Voltage") && (voltage == nullptr || !voltage->bad) &&
         known(reading, q("/Dc/0/Power")) && known(reading, q("/Dc/0/Current"));
}

}  // namespace

bool tells_required(const Reading& reading, const RequiredItems& required) {
  return std::ranges::any_of(required, [&](Quantity id) {
    return known(reading, id) || by_power_and_current(reading, id);
  });
}

bool tells_required_unknown(const Reading& reading, const RequiredItems& required,
                            bool voltage_told) {
  return std::ranges::any_of(required, [&](Quantity id) {
    if (unknown(reading, id)) return !by_power_and_current(reading, id);
    if (id != q("/Dc/0/Voltage") || voltage_told) return false;
    return unknown(reading, q("/Dc/0/Power")) || unknown(reading, q("/Dc/0/Current"));
  });
}

}  // namespace dmb
