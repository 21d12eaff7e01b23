// SPDX-License-Identifier: MIT
#include "runtime/unique_fd.h"

#include <gtest/gtest.h>

#include <fcntl.h>

#include <type_traits>

namespace dmb {
namespace {

UniqueFd open_null() {
  return UniqueFd(open("/dev/null", O_RDONLY | O_CLOEXEC));
}
bool is_open(int fd) {
  return fcntl(fd, F_GETFD) != -1;
}

static_assert(!std::is_copy_constructible_v<UniqueFd> && !std::is_copy_assignable_v<UniqueFd>);

TEST(UniqueFd, ClosesWhatItOwns) {
  int number = -1;
  {
    const UniqueFd fd = open_null();
    ASSERT_TRUE(fd);
    number = fd.get();
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(UniqueFd, MovingHandsTheDescriptorOver) {
  UniqueFd first = open_null();
  const int number = first.get();
  UniqueFd second = std::move(first);
  EXPECT_EQ(second.get(), number);
  UniqueFd third = open_null();
  const int replaced = third.get();
  third = std::move(second);
  EXPECT_FALSE(is_open(replaced));
  EXPECT_TRUE(is_open(number));
  EXPECT_EQ(third.get(), number);
}

TEST(UniqueFd, TakesZeroForADescriptorLikeAnyOther) {
  const int saved = dup(0);
  {
    const UniqueFd null = open_null();
    dup2(null.get(), 0);
    const UniqueFd zero(0);
    EXPECT_TRUE(zero);
  }
  EXPECT_FALSE(is_open(0));
  if (saved >= 0) dup2(saved, 0), close(saved);
}

TEST(UniqueFd, ReleasedDescriptorsStayOpen) {
  UniqueFd fd = open_null();
  const int number = fd.release();
  EXPECT_FALSE(fd);
  fd.reset();
  EXPECT_TRUE(is_open(number));
  close(number);
}

}  // namespace
}  // namespace dmb
