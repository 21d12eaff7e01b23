// SPDX-License-Identifier: MIT
#include "worker.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace dmb {

struct Worker::Jobs {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Job> waiting;
  bool no_more = false;

  /// The next one; nullopt when there will be none.
  std::optional<Job> next() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return !waiting.empty() || no_more; });
    if (waiting.empty()) return std::nullopt;
    Job job = std::move(waiting.front());
    waiting.pop_front();
    return job;
  }
};

Worker::Worker() : jobs_(std::make_shared<Jobs>()) {
  std::thread([jobs = jobs_]() noexcept {
    while (const auto job = jobs->next()) (*job)();
  }).detach();
}

Worker::~Worker() {
  const std::lock_guard lock(jobs_->mutex);
  jobs_->no_more = true;
  jobs_->changed.notify_one();
}

void Worker::post(Job job) {
  const std::lock_guard lock(jobs_->mutex);
  jobs_->waiting.push_back(std::move(job));
  jobs_->changed.notify_one();
}

}  // namespace dmb
