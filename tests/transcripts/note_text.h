// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/device/note.h"

#include <string>

namespace dmb::test {

/// A note as transcripts write it: its name in words, then what it holds.
std::string text_of(const Note& note);

}  // namespace dmb::test
