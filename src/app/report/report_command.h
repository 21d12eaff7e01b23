// SPDX-License-Identifier: MIT
#pragma once

#include "app/options.h"

namespace dmb {

/// `--report FILE`: puts what a bug report needs into one archive, masked, and prints what is in
/// it. Returns the exit code: 0 written, 1 not.
int write_report(const Options& options);

}  // namespace dmb
