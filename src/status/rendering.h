// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/status/page.h"
#include "dmb/status/status.h"

namespace dmb::status {

/// The details of one process.
void render_process(const ProcessStatus& process, Page& page);
/// Of a battery or bank that shows no limits.
void render_trial(const TrialStatus& trial, Page& page);

}  // namespace dmb::status
