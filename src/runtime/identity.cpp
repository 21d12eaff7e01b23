// SPDX-License-Identifier: MIT
#include "runtime/identity.h"

#include <unistd.h>

#include <array>
#include <fstream>

namespace dmb {

std::string_view version() {
  return DMB_VERSION;
}

std::string local_device_id() {
  std::ifstream file("/data/venus/unique-id");
  std::string id;
  if (file >> id) return id;
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

}  // namespace dmb
