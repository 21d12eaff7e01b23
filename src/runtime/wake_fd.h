// SPDX-License-Identifier: MIT
#pragma once

#include "runtime/unique_fd.h"

namespace dmb {

/// An eventfd by which another thread wakes the loop: readable from wake() until clear().
class WakeFd {
 public:
  /// Throws std::system_error when the process has no descriptor left.
  WakeFd();

  int fd() const { return fd_.get(); }
  /// From any thread; never blocks.
  void wake() noexcept;
  void clear() noexcept;

 private:
  UniqueFd fd_;
};

}  // namespace dmb
