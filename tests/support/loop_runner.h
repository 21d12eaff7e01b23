// SPDX-License-Identifier: MIT
#pragma once

#include "runtime/loop.h"

#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

namespace dmb::test {

/// Runs a Loop in a thread of its own, so that a test can be the client of what lives on it.
/// Create it after everything on the loop; destroy it before.
class LoopRunner {
 public:
  explicit LoopRunner(Loop& loop);
  ~LoopRunner();
  LoopRunner(const LoopRunner&) = delete;
  LoopRunner& operator=(const LoopRunner&) = delete;

  /// Runs `task` on the loop's thread and waits for it; what it throws is thrown here.
  void run(std::function<void()> task);

  /// Waits until Loop::run() has ended, and throws what it threw.
  void wait_for_end();

 private:
  void run_tasks();

  Loop& loop_;
  int wake_fd_;
  LoopSource wake_;
  std::mutex mutex_;
  std::deque<std::packaged_task<void()>> tasks_;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace dmb::test
