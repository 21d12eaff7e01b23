// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/codec/publish_memory.h"
#include "state_json.h"

namespace dmb {

// What was published, in the state file.

state_json::Json encode_published(const PublishMemory& memory);
PublishMemory decode_published(const state_json::Json& in);

}  // namespace dmb
