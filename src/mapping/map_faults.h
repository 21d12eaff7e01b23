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
  /// `entry` and `problems` must outlive it.
  MapFaults(const MapEntry& entry, bool in_preset, std::vector<MapProblem>& problems)
      : entry_(entry), in_preset_(in_preset), problems_(problems) {}

  /// `at`: of the value, in bytes from 0.
  void add(std::size_t at, std::string message);
  /// The same of what is odd, but harmless.
  void add_odd(std::size_t at, std::string message);
  void add_to_key(std::size_t at, std::string message);
  int column_of(std::size_t at) const;

 private:
  struct Spot {
    int line = 0;
    int column = 0;
  };
  Spot spot_of(std::size_t at) const;
  void add(Spot spot, std::string message, bool fatal);

  const MapEntry& entry_;
  bool in_preset_;
  std::vector<MapProblem>& problems_;
};

/// `untrusted` in quotes, fit for a message.
std::string quoted(std::string_view untrusted);

}  // namespace dmb
