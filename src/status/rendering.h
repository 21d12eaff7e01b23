// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/status/page.h"
#include "dmb/status/status.h"

namespace dmb::status {

/// The details of one process.
void render_process(const ProcessStatus& process, Page& page);

}  // namespace dmb::status
