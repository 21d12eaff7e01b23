// SPDX-License-Identifier: MIT
#pragma once

#include "app/options.h"

namespace dmb {

/// `--discover`: listens on the broker, prints the batteries found there as a piece of config to
/// standard output, and whatever else there is to say to standard error. Returns the exit code: 0
/// found, 1 none, 2 the config does not allow it, 3 no connection.
int discover(const Options& options);

}  // namespace dmb
