// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>

namespace dmb {

/// A thread that does one job after another, for calls that may wait for others: whoever gives it a
/// job does not.
class Worker {
 public:
  using Job = std::function<void()>;

  /// Throws std::system_error when there can be no thread.
  Worker();
  /// The thread ends once all jobs are done; nobody waits for it.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Jobs are done in the order they were given. They must not throw.
  void post(Job job);

 private:
  struct Jobs;
  std::shared_ptr<Jobs> jobs_;  ///< shared with the thread, which may outlive us
};

}  // namespace dmb
