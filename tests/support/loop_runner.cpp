// SPDX-License-Identifier: MIT
#include "loop_runner.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

namespace dmb::test {

LoopRunner::LoopRunner(Loop& loop)
    : loop_(loop),
      wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      wake_(loop.watch_fd(wake_fd_, EPOLLIN, [this] { run_tasks(); })) {
  thread_ = std::thread([this] {
    try {
      loop_.run();
    } catch (...) {
      failure_ = std::current_exception();
    }
  });
}

LoopRunner::~LoopRunner() {
  if (thread_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      tasks_.emplace_back([this] { loop_.exit(0); });
    }
    ::eventfd_write(wake_fd_, 1);
    thread_.join();
  }
  wake_ = {};
  ::close(wake_fd_);
}

void LoopRunner::run(std::function<void()> task) {
  std::packaged_task<void()> packaged(std::move(task));
  auto done = packaged.get_future();
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(packaged));
  }
  ::eventfd_write(wake_fd_, 1);
  done.get();
}

void LoopRunner::wait_for_end() {
  thread_.join();
  if (failure_) std::rethrow_exception(failure_);
}

void LoopRunner::run_tasks() {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto size = ::read(wake_fd_, &count, sizeof count);
  for (;;) {
    std::unique_lock lock(mutex_);
    if (tasks_.empty()) return;
    auto task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
  }
}

}  // namespace dmb::test
