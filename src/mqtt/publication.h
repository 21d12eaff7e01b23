// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace dmb {

/// A message of ours. Its quality of service is 0: over one connection TCP loses none, and after
/// another one is made everything is told anew.
struct Publication {
  std::string topic;
  std::string payload;  ///< empty and retained: the broker forgets what it keeps of the topic
  bool retained = false;
  bool operator==(const Publication&) const = default;
};

}  // namespace dmb
