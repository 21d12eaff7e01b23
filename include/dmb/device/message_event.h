// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/codec/payload.h"
#include "dmb/device/event.h"

#include <string_view>

namespace dmb {

/// What a decoded message is to a battery. `decoded` and `reading`, which it filled, must outlive
/// the event.
Event event_of(std::string_view topic, bool retained, const DecodeResult& decoded,
               const Reading& reading);

}  // namespace dmb
