// SPDX-License-Identifier: MIT
// To be preloaded: moves the wall clock of a program by the number of seconds that stands as a
// 64-bit integer in the file DMB_CLOCK_SHIFT_FILE, also while somebody waits for a wall-clock time.
// The monotonic clock stays what it is.
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

constexpr long kNsPerSecond = 1'000'000'000;

/// Mapped once; the test writes into the same page.
std::int64_t shift_s() {
  static const volatile std::int64_t* const kShift = [] {
    const char* path = std::getenv("DMB_CLOCK_SHIFT_FILE");
    const int fd = path ? ::open(path, O_RDONLY | O_CLOEXEC) : -1;
    void* page = ::mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED) std::abort();
    ::close(fd);
    return static_cast<const volatile std::int64_t*>(page);
  }();
  return *kShift;
}

timespec real(clockid_t clock) {
  timespec now{};
  ::syscall(SYS_clock_gettime, clock, &now);
  return now;
}

timespec shifted(clockid_t clock) {
  timespec now = real(clock);
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) now.tv_sec += shift_s();
  return now;
}

bool reached(const timespec& end) {
  const timespec now = shifted(CLOCK_REALTIME);
  return now.tv_sec > end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec >= end.tv_nsec);
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  *now = shifted(clock);
  return 0;
}

int gettimeofday(timeval* now, void*) noexcept {
  const timespec time = shifted(CLOCK_REALTIME);
  now->tv_sec = time.tv_sec;
  now->tv_usec = time.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* now) noexcept {
  const timespec time = shifted(CLOCK_REALTIME);
  if (now) *now = time.tv_sec;
  return time.tv_sec;
}

/// The kernel would wake us when the clock is set; here we look every now and then.
int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* end) {
  while (!reached(*end)) {
    constexpr long kSliceNs = 20'000'000;
    timespec slice = real(CLOCK_MONOTONIC);
    slice.tv_nsec += kSliceNs;
    slice.tv_sec += slice.tv_nsec / kNsPerSecond;
    slice.tv_nsec %= kNsPerSecond;
    const int result = ::pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, &slice);
    if (result != ETIMEDOUT) return result;
  }
  return ETIMEDOUT;
}

}  // extern "C"
