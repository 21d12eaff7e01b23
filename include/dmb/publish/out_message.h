// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace dmb {

/// A message to a broker. With quality of service 0: what is lost is lost with its connection, and
/// the next one gets everything anew.
struct OutMessage {
  std::string topic;
  std::string payload;
  bool retained = false;
  bool operator==(const OutMessage&) const = default;
};

}  // namespace dmb
