// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/mapping/parse_map.h"

#include <cstddef>
#include <string>
#include <vector>

namespace dmb {

/// What is wrong with one entry: places in its value become lines and columns of the file.
class MapFaults {
 public:
  /// Both must outlive it.
  MapFaults(const MapEntry& entry, std::vector<MapProblem>& problems)
      : entry_(entry), problems_(problems) {}

  /// `at`: of the value, in bytes from 0.
  void add(std::size_t at, std::string message);
  /// The same of what is odd, but harmless.
  void add_odd(std::size_t at, std::string message);
  void add_to_key(std::size_t at, std::string message);
  int column_of(std::size_t at) const;

 private:
  const MapEntry& entry_;
  std::vector<MapProblem>& problems_;
};

/// `untrusted` in quotes, fit for a message.
std::string quoted(std::string_view untrusted);

}  // namespace dmb
