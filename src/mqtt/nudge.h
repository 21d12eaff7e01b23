// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace dmb {

/// How long after the start of an attempt Paho's sending thread has made the socket for sure, even
/// on a device.
inline constexpr std::chrono::milliseconds kUntilNudge{3};

/// Paho starts its receiving thread just before it makes the first connection; that thread looks
/// for one, mostly finds none, and sleeps for 100 ms. This ends the sleep, by a signal, and does
/// nothing when there is none: an interrupted poll would make Paho sleep.
void nudge_receiver();

}  // namespace dmb
