// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/status/health.h"
#include "dmb/status/report.h"

#include <string>
#include <vector>

namespace dmb::status {

/// The report for people: the verdict, what to do, then the details. Lines of at most 80 columns
/// where words allow it; no colours; nothing unprintable.
std::string render(const Report& report, const std::vector<Advice>& advice);

}  // namespace dmb::status
