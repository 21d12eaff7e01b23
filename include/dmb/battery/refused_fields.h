// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/reading.h"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace dmb {

/// The fields of a battery that are unknown because what its messages give for them cannot be used,
/// for people who look for the reason.
class RefusedFields {
 public:
  /// A message was applied: what it gives counts until one gives better, or for as long as a field
  /// does.
  void note(const Reading& reading, Instant now);
  void clear() { fields_.clear(); }

  /// "Dc/0/Voltage 5223 is outside 0 … 1500", of each that was noted within `lifetime` (0: ever).
  std::vector<std::string> texts(std::chrono::seconds lifetime, Instant now) const;

 private:
  struct Entry {
    std::string what;
    Instant noted;
  };
  std::map<Quantity, Entry> fields_;
};

}  // namespace dmb
