// SPDX-License-Identifier: MIT
#pragma once

#include "raw_event.h"

#include <memory>
#include <thread>
#include <utility>

namespace dmb {

/// Runs `work` on a thread of its own and puts the event it returns into `inbox`. The thread is
/// detached, because a name look-up cannot be called off: it shares the inbox and holds nothing
/// else of ours. Throws std::system_error when there can be no thread.
template <typename Work>
void in_background(std::shared_ptr<RawInbox> inbox, Work work) {
  std::thread([inbox = std::move(inbox), work = std::move(work)]() noexcept {
    inbox->push(work());
  }).detach();
}

}  // namespace dmb
