// SPDX-License-Identifier: MIT
#include "unreleased.h"

#include <gtest/gtest.h>
#include <mqtt/exception.h>

namespace dmb {
namespace {

/// Counts how often it was too much.
struct Counter {
  int complaints = 0;
  Unreleased unreleased{[this] { ++complaints; }, {.messages = 3, .bytes = 1000}};

  void receive(int number, const std::string& payload = "x") {
    unreleased.put("r-" + std::to_string(number), {{"4", 1}, {payload.data(), payload.size()}});
  }
  void release(int number) { unreleased.remove("r-" + std::to_string(number)); }
};

TEST(Unreleased, MayBeAFew) {
  Counter counter;
  for (int i = 0; i < 1000; ++i) {
    for (int j = 0; j < 3; ++j) counter.receive(3 * i + j);
    for (int j = 0; j < 3; ++j) counter.release(3 * i + j);
  }
  EXPECT_EQ(counter.complaints, 0);
}

TEST(Unreleased, MayNotBeMany) {
  Counter counter;
  for (int i = 0; i < 3; ++i) counter.receive(i);
  EXPECT_EQ(counter.complaints, 0);
  counter.receive(3);
  counter.receive(4);
  EXPECT_EQ(counter.complaints, 2);
}

TEST(Unreleased, MayNotBeLarge) {
  Counter counter;
  counter.receive(1, std::string(998, 'x'));
  EXPECT_EQ(counter.complaints, 0);
  counter.receive(2);
  EXPECT_EQ(counter.complaints, 1);
}

TEST(Unreleased, IsReplacedByOneOfTheSameNumber) {
  Counter counter;
  for (int i = 0; i < 10; ++i) counter.receive(1, std::string(500, 'x'));
  EXPECT_EQ(counter.complaints, 0);
}

TEST(Unreleased, IsNotWhatWeSendOurselves) {
  Counter counter;
  for (int i = 0; i < 10; ++i)
    EXPECT_THROW(counter.unreleased.put("c-" + std::to_string(i), {{"x", 1}}), mqtt::exception);
  counter.unreleased.remove("c-1");
  EXPECT_EQ(counter.complaints, 0);
}

TEST(Unreleased, IsForgottenWithTheConnection) {
  Counter counter;
  for (int i = 0; i < 3; ++i) counter.receive(i);
  counter.unreleased.clear();
  for (int i = 10; i < 13; ++i) counter.receive(i);
  EXPECT_EQ(counter.complaints, 0);
}

}  // namespace
}  // namespace dmb
