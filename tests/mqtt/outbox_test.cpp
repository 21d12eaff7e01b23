// SPDX-License-Identifier: MIT
#include "mqtt/outbox.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace dmb::test {
namespace {

using testing::ElementsAre;

std::vector<std::string> take_all(Outbox& outbox) {
  std::vector<std::string> taken;
  while (const auto next = outbox.take()) taken.push_back(next->topic + "=" + next->payload);
  return taken;
}

TEST(AnOutbox, HandsOverInTheOrderOfTheTopics) {
  Outbox outbox;
  outbox.put({"b", "1"});
  outbox.put({"a", "2"});
  EXPECT_THAT(take_all(outbox), ElementsAre("b=1", "a=2"));
}

TEST(AnOutbox, KeepsTheNewestOfATopicInItsPlace) {
  Outbox outbox;
  for (const char* payload : {"1", "2", "3"}) {
    outbox.put({"a", payload, true});
    outbox.put({"b", payload});
  }
  EXPECT_THAT(take_all(outbox), ElementsAre("a=3", "b=3"));
}

TEST(AnOutbox, HandsOverNoMoreThanMayBeUnderWay) {
  Outbox outbox;
  for (std::size_t i = 0; i < Outbox::kMostUnderWay + 2; ++i)
    outbox.put({"t" + std::to_string(i), "x"});
  EXPECT_EQ(take_all(outbox).size(), Outbox::kMostUnderWay);
  outbox.written();
  EXPECT_EQ(take_all(outbox).size(), 1U);
  EXPECT_FALSE(outbox.take());
}

TEST(AnOutbox, IsDoneOnceEverythingIsWritten) {
  Outbox outbox;
  EXPECT_TRUE(outbox.is_done());
  outbox.put({"a", "1"});
  EXPECT_FALSE(outbox.is_done());
  outbox.take();
  EXPECT_FALSE(outbox.is_done());
  outbox.written();
  EXPECT_TRUE(outbox.is_done());
}

TEST(AnOutbox, ForgetsWhatWasForAConnectionThatIsGone) {
  Outbox outbox;
  for (std::size_t i = 0; i < Outbox::kMostUnderWay + 2; ++i)
    outbox.put({"t" + std::to_string(i), "x"});
  take_all(outbox);
  outbox.clear();
  EXPECT_TRUE(outbox.is_done());
  outbox.written();  // of that connection
  outbox.put({"a", "1"});
  EXPECT_THAT(take_all(outbox), ElementsAre("a=1"));
}

}  // namespace
}  // namespace dmb::test
