// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace dmb {

/// A message to a broker.
struct OutMessage {
  std::string topic;
  std::string payload;
  bool retained = false;
  int qos = 0;
  bool operator==(const OutMessage&) const = default;
};

}  // namespace dmb
