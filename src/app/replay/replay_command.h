// SPDX-License-Identifier: MIT
#pragma once

#include "app/options.h"

namespace dmb {

/// `--replay`: tells what was decided in a recording, compares it with what is decided now, or
/// shows it on a bus. Returns the exit code: 0 all the same, 1 something differs, 2 it cannot be
/// read.
int replay_recording(const Options& options);

}  // namespace dmb
