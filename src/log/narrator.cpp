// SPDX-License-Identifier: MIT
#include "log/narrator.h"

#include "log/telling.h"

namespace dmb {

void Narrator::tell(std::span<const Note> notes, const DeviceNames& names, Instant now) {
  for (const Note& note : notes) std::visit(Telling{*this, names, now}, note);
}

}  // namespace dmb
