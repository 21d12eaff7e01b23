// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/codec/payload.h"
#include "payload_shape.h"

#include <string_view>

namespace dmb {

/// decode_payload() by way of the JSON parser. `notes`, if wanted, hold what a PayloadShape needs
/// to know when the payload is accepted.
DecodeResult walk_payload(std::string_view payload, Reading& out, const RequiredItems& required,
                          ScalarNotes* notes);

/// Whether `reading` says the least that a payload has to.
DecodeResult accept_or_reject(const Reading& reading, const RequiredItems& required);

}  // namespace dmb
