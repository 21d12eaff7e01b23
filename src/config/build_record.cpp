// SPDX-License-Identifier: MIT
#include "dmb/config/build.h"

#include <string>
#include <vector>

namespace dmb {

RecordConfig build_record(const Settings& settings) {
  const Scope scope{&settings.of(Family::general)};
  RecordConfig record{.path = scope.get<std::string>("record")};
  if (record.path == "") record.path.reset();
  const auto hours = scope.get<int>("record_hours");
  const auto megabytes = scope.get<int>("record_mb");
  record.mask = scope.get_or<std::vector<std::string>>("record_mask", {});
  if (hours) record.max_age = std::chrono::hours(*hours);
  if (megabytes) record.max_bytes = static_cast<std::size_t>(*megabytes) * 1'000'000;
  return record;
}

}  // namespace dmb
