// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace dmb {

/// `--forget NAME`: asks every process of ours to forget a missing shunt, prints what came of it to
/// standard output, and returns the exit code: 0 forgotten, 1 not, 3 nothing runs.
int forget_shunt(const std::string& name);

}  // namespace dmb
