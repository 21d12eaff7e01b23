// SPDX-License-Identifier: MIT
#pragma once

namespace dmb {

/// The interface of every value on the bus; also of both kinds of signals.
inline constexpr const char* kBusItem = "com.victronenergy.BusItem";

}  // namespace dmb
