// SPDX-License-Identifier: MIT
#pragma once

#include "pack.h"

namespace dmb::sim {

/// The hardware of a BMS: opens its contactor at 3.65 V or 2.5 V of any LFP cell, and lets no
/// charge in below 0 °C.
class Protection {
 public:
  void look(Pack& pack);
  int trips() const { return trips_; }

 private:
  int trips_ = 0;
};

}  // namespace dmb::sim
