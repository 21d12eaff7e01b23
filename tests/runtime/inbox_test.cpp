// SPDX-License-Identifier: MIT
#include "runtime/inbox.h"

#include <gtest/gtest.h>

#include <poll.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace dmb {

struct Letter {
  std::string topic;  // empty: a notice, never dropped
  int number = 0;
  std::size_t size = 1;
};

template <>
struct InboxTraits<Letter> {
  static std::size_t bytes(const Letter& letter) { return letter.size; }
  static std::optional<InboxKey> key(const Letter& letter) {
    if (letter.topic.empty()) return std::nullopt;
    return InboxKey{0, letter.topic};
  }
};

namespace {

using Letters = std::vector<Letter>;

bool is_readable(int fd, int timeout_ms = 0) {
  pollfd poll_fd{fd, POLLIN, 0};
  return poll(&poll_fd, 1, timeout_ms) == 1;
}

/// The letters as "topic number …", in order.
std::string text(const Letters& letters) {
  std::string out;
  for (const Letter& letter : letters)
    out += (letter.topic.empty() ? "!" : letter.topic) + std::to_string(letter.number) + " ";
  return out;
}

std::string drain_text(Inbox<Letter>& inbox) {
  Letters out;
  inbox.drain(out);
  return text(out);
}

TEST(Inbox, GivesOutWhatCameInInOrder) {
  Inbox<Letter> inbox;
  inbox.push({"a", 1});
  inbox.push({"", 2});
  inbox.push({"a", 3});
  inbox.push({"b", 4});
  EXPECT_EQ(drain_text(inbox), "a1 !2 a3 b4 ");
  EXPECT_EQ(drain_text(inbox), "");
}

TEST(Inbox, WakesOncePerBatch) {
  Inbox<Letter> inbox;
  EXPECT_FALSE(is_readable(inbox.fd()));
  for (int i = 0; i < 10; ++i) inbox.push({"a", i});
  std::uint64_t wakes = 0;
  ASSERT_EQ(read(inbox.fd(), &wakes, sizeof wakes), static_cast<ssize_t>(sizeof wakes));
  EXPECT_EQ(wakes, 1U);
  drain_text(inbox);
  EXPECT_FALSE(is_readable(inbox.fd()));
  inbox.push({"a", 11});
  EXPECT_TRUE(is_readable(inbox.fd()));
}

TEST(Inbox, OverTheLimitTheNewestPerTopicWins) {
  Inbox<Letter> inbox({.items = 3, .bytes = 100});
  inbox.push({"a", 1});
  inbox.push({"b", 2});
  inbox.push({"a", 3});
  inbox.push({"c", 4});
  EXPECT_EQ(drain_text(inbox), "b2 a3 c4 ");
}

TEST(Inbox, TheOnlyMessageOfATopicOutlivesRepeatsOfAnother) {
  Inbox<Letter> inbox({.items = 4, .bytes = 100});
  inbox.push({"rare", 0});
  for (int i = 1; i <= 50; ++i) inbox.push({"often", i});
  EXPECT_EQ(drain_text(inbox), "rare0 often48 often49 often50 ");
}

TEST(Inbox, TellsHowManyHadToGo) {
  Inbox<Letter> inbox({.items = 2, .bytes = 100});
  std::vector<Letter> out;
  for (int i = 0; i < 5; ++i) inbox.push({"a", i});
  EXPECT_EQ(inbox.drain(out), 3U);
  inbox.push({"a", 6});
  EXPECT_EQ(inbox.drain(out), 0U);
}

TEST(Inbox, ManyTopicsLoseTheOldest) {
  Inbox<Letter> inbox({.items = 3, .bytes = 100});
  for (int i = 0; i < 5; ++i) inbox.push({std::string(1, static_cast<char>('a' + i)), i});
  EXPECT_EQ(drain_text(inbox), "c2 d3 e4 ");
}

TEST(Inbox, NeverDropsNotices) {
  Inbox<Letter> inbox({.items = 2, .bytes = 100});
  inbox.push({"a", 1});
  for (int i = 2; i < 6; ++i) inbox.push({"", i});
  inbox.push({"b", 6});
  EXPECT_EQ(drain_text(inbox), "!2 !3 !4 !5 b6 ");
}

TEST(Inbox, KeepsTheNewestEvenIfItAloneIsOverTheLimit) {
  Inbox<Letter> inbox({.items = 10, .bytes = 100});
  inbox.push({"a", 1, 10});
  inbox.push({"b", 2, 500});
  EXPECT_EQ(drain_text(inbox), "b2 ");
}

TEST(Inbox, CountsBytesToo) {
  Inbox<Letter> inbox({.items = 10, .bytes = 100});
  inbox.push({"a", 1, 60});
  inbox.push({"b", 2, 30});
  inbox.push({"a", 3, 50});
  EXPECT_EQ(drain_text(inbox), "b2 a3 ");
  inbox.push({"a", 4, 60});
  inbox.push({"b", 5, 40});
  EXPECT_EQ(drain_text(inbox), "a4 b5 ");
}

TEST(Inbox, TakesNothingOnceClosed) {
  Inbox<Letter> inbox;
  inbox.push({"a", 1});
  inbox.close();
  inbox.push({"a", 2});
  EXPECT_EQ(drain_text(inbox), "");
}

/// Reads until the writers are done; true if every topic's numbers only grow and end with `last`.
bool read_all(Inbox<Letter>& inbox, const std::atomic<int>& writing, int last) {
  Letters batch;
  std::vector<int> newest(2, -1);
  bool ordered = true;
  while (true) {
    const bool final_look = writing == 0;
    if (!final_look) is_readable(inbox.fd(), 100);
    inbox.drain(batch);
    EXPECT_LE(batch.size(), 64U);
    for (const Letter& letter : batch) {
      int& before = newest[letter.topic == "a" ? 0 : 1];
      ordered = ordered && letter.number > before;
      before = letter.number;
    }
    if (final_look && batch.empty()) return ordered && newest[0] == last && newest[1] == last;
  }
}

TEST(Inbox, HoldsOrderAndBoundUnderTwoHammeringThreads) {
  constexpr int kLast = 50'000;
  Inbox<Letter> inbox({.items = 64, .bytes = 10'000});
  std::atomic<int> writing = 2;
  const auto hammer = [&](const char* topic) {
    for (int i = 0; i <= kLast; ++i) inbox.push({topic, i});
    --writing;
  };
  std::thread a(hammer, "a");
  std::thread b(hammer, "b");
  EXPECT_TRUE(read_all(inbox, writing, kLast));
  a.join();
  b.join();
}

TEST(Inbox, MayBeClosedWhileOthersWrite) {
  Inbox<Letter> inbox;
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    while (!stop) inbox.push({"a", 1});
  });
  is_readable(inbox.fd(), 5'000);
  inbox.close();
  EXPECT_EQ(drain_text(inbox), "");
  stop = true;
  writer.join();
}

}  // namespace
}  // namespace dmb
