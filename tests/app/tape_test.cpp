// SPDX-License-Identifier: MIT
#include "app/record/tape.h"

#include "../support/log_capture.h"
#include "app/replay/recording_reader.h"
#include "temporary_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace dmb::test {
namespace {

constexpr std::size_t kMostBytes = 200'000;  // in both files

record::MessageCame message(const std::string& topic, std::string payload) {
  return {.topic = topic, .payload = std::move(payload), .retained = false, .arrived = {}};
}

template <typename What>
std::vector<What> all_of(const std::vector<record::Line>& lines) {
  std::vector<What> found;
  for (const record::Line& line : lines)
    if (const auto* what = std::get_if<What>(&line.what)) found.push_back(*what);
  return found;
}

std::vector<record::Line> lines_of(const std::filesystem::path& file) {
  std::vector<record::Line> lines;
  replay::RecordingReader reader(file);
  while (const auto line = reader.next()) lines.push_back(*line);
  return lines;
}

class TapeTest : public testing::Test {
 protected:
  RecordConfig config() const {
    return {.path = file_.string(), .max_bytes = kMostBytes, .mask = {"Seagull"}};
  }
  /// So many turns of the loop with this in them; then the tape has ended.
  void run(int turns, const std::function<void(int)>& action, bool is_first = true) {
    int turn = 0;
    run_until(
        [&] {
          if (turn < turns) action(turn);
          return turn++ == turns;
        },
        is_first);
  }
  /// Turns until it answers true.
  void run_until(const std::function<bool()>& action, bool is_first = true) {
    Loop loop;
    Tape tape(loop, [&] {
      tape_->add_last_messages();
      tape_->add(record::CaughtUp{});
    });
    tape_ = &tape;
    tape.change(config(), is_first);
    Timer timer = loop.add_timer([&] {
      if (action()) return loop.exit(0);
      timer.arm(loop.now());
    });
    timer.arm(loop.now());
    loop.run();
    status_ = tape.status(loop.now());
    tape.finish();
    tape.add(record::Ended{"house"});
  }
  void add_message(int number, std::size_t bytes = 300) {
    tape_->add(message("boat/" + std::to_string(number % 7), std::string(bytes, 'x')));
  }
  std::size_t size(const std::string& name) const {
    std::error_code error;
    const auto bytes = std::filesystem::file_size(folder_ / name, error);
    return error ? 0 : bytes;
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "boat.jsonl";
  Tape* tape_ = nullptr;
  std::optional<status::RecordingStatus> status_;
};

TEST_F(TapeTest, WithoutAConfigThereIsNone) {
  Loop loop;
  Tape tape(loop, [] { FAIL(); });
  EXPECT_FALSE(tape.is_on());
  tape.add(record::Viewed{"house"});
  EXPECT_EQ(tape.status(loop.now()), std::nullopt);
}

TEST_F(TapeTest, WritesWhatItIsToldInItsOrderUpToTheLastMoment) {
  run(3, [this](int turn) {
    add_message(turn);
    tape_->add(record::Viewed{"house"});
  });
  const auto lines = lines_of(file_);
  ASSERT_EQ(lines.size(), 8);
  EXPECT_TRUE(std::holds_alternative<record::Began>(lines[0].what));
  EXPECT_TRUE(std::holds_alternative<record::MessageCame>(lines[1].what));
  EXPECT_TRUE(std::holds_alternative<record::Viewed>(lines[2].what));
  EXPECT_TRUE(std::holds_alternative<record::Ended>(lines[7].what));
  EXPECT_FALSE(all_of<record::Began>(lines)[0].catches_up);
  EXPECT_TRUE(all_of<record::CaughtUp>(lines).empty());
}

TEST_F(TapeTest, NoWordOfTheOwnersGoesOut) {
  run(1, [this](int) {
    tape_->add(record::ConfigLoaded{"[DEFAULT]\ndevice_name = Seagull\n", {}});
    tape_->add(message("boat/Seagull", R"({"name":"Seagull","Soc":50})"));
  });
  const std::string text = read_file(file_);
  EXPECT_EQ(text.find("Seagull"), std::string::npos) << text;
  EXPECT_NE(text.find("Soc"), std::string::npos) << text;
}

/// Its messages name topics in another way than the config does, so that nobody could play them.
TEST_F(TapeTest, WhatTurnsOutToBeASecretOfTheConfigBeginsThePartAnew) {
  run(3, [this](int turn) {
    if (turn == 0) tape_->add(record::ConfigLoaded{"[MQTT]\ntopic = boat/jk-77x1\n", {}});
    if (turn == 1) tape_->add(message("boat/jk-77x1", R"({"serial":"jk-77x1","Soc":50})"));
    if (turn == 2) add_message(turn);
  });
  EXPECT_EQ(read_file(file_).find("jk-77x1"), std::string::npos) << read_file(file_);
  const auto lines = lines_of(file_);
  const auto parts = all_of<record::Began>(lines);
  ASSERT_EQ(parts.size(), 1);
  EXPECT_EQ(parts[0].part, 2);
  EXPECT_TRUE(parts[0].catches_up);
  EXPECT_EQ(all_of<record::MessageCame>(lines).size(), 2)
      << "the one in the catch-up, and the last";
}

/// An hour of 1000 messages a second would take minutes; this is the same many times over for a
/// ring that is smaller.
TEST_F(TapeTest, TakesNoMoreRoomThanItMayHoweverMuchComes) {
  std::size_t most = 0;
  run(200, [&](int turn) {
    for (int i = 0; i < 50; ++i) add_message(turn + i);
    most = std::max(most, size("boat.jsonl") + size("boat.jsonl.1"));
  });
  most = std::max(most, size("boat.jsonl") + size("boat.jsonl.1"));
  EXPECT_LE(most, kMostBytes);
  EXPECT_GT(size("boat.jsonl.1"), kMostBytes / 3);
}

TEST_F(TapeTest, EachPartSaysWhatStandsForThePartsBefore) {
  run(40, [this](int turn) {
    for (int i = 0; i < 20; ++i) add_message(turn + i);
  });
  const auto lines = lines_of(file_);
  const auto parts = all_of<record::Began>(lines);
  ASSERT_EQ(parts.size(), 2);
  EXPECT_GT(parts[1].part, 1);
  EXPECT_EQ(parts[1].part, parts[0].part + 1);
  EXPECT_TRUE(parts[1].catches_up);
  const auto begin = std::ranges::find_if(lines.rbegin(), lines.rend(), [](const auto& line) {
    return std::holds_alternative<record::CaughtUp>(line.what);
  });
  ASSERT_GT(lines.rend() - begin, 8);
  std::set<std::string> topics;
  for (auto line = begin + 1; line != begin + 8; ++line)
    topics.insert(std::get<record::MessageCame>(line->what).topic);
  EXPECT_EQ(topics.size(), 7) << "the last message of each topic";
}

TEST_F(TapeTest, WhatDoesNotFitIsAGapAndThePartBehindItFollowsNone) {
  run(2, [this](int turn) {
    add_message(turn);
    if (turn == 0) add_message(1, kMostBytes);
  });
  const auto gaps = all_of<record::Gap>(lines_of(file_));
  ASSERT_EQ(gaps.size(), 1);
  EXPECT_EQ(gaps[0].lines, 1);
  EXPECT_EQ(status_->lost_lines, 1);

  run(1, [this](int) {
    for (int i = 0; i < 1000; ++i) add_message(i);  // in one turn
  });
  const auto parts = all_of<record::Began>(lines_of(file_));
  ASSERT_GE(parts.size(), 2);
  EXPECT_EQ(parts.back().part, 2);
  EXPECT_TRUE(parts.back().catches_up);
}

TEST_F(TapeTest, ShortRunsOneAfterTheOtherLeaveThePartBefore) {
  write_file(file_.string() + ".1", R"({"t":1,"began":{"part":5}})"
                                    "\n");
  for (int i = 0; i < 4; ++i) run(1, [this](int turn) { add_message(turn); });
  EXPECT_EQ(all_of<record::Began>(lines_of(file_)).size(), 5);
  EXPECT_EQ(std::get<record::Began>(lines_of(file_)[0].what).part, 5);
}

TEST_F(TapeTest, OneThatBeginsAmongDevicesCatchesUp) {
  run(
      1, [this](int turn) { add_message(turn); }, false);
  const auto lines = lines_of(file_);
  ASSERT_GE(lines.size(), 3);
  EXPECT_TRUE(std::get<record::Began>(lines[0].what).catches_up);
  EXPECT_TRUE(std::holds_alternative<record::CaughtUp>(lines[1].what));
}

TEST_F(TapeTest, TroubleIsToldOnceAndTakesNothingElseAlong) {
  const LogCapture log;
  write_file(file_, "my diary\n");
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  int since = 0;
  run_until([&] {
    if (since == 0)
      for (int i = 0; i < 300; ++i) add_message(i);  // which is worth writing at once
    const bool is_known = !tape_->status({})->trouble.empty();
    if (is_known) add_message(1);
    if (is_known || since == 0) ++since;
    return since == 100 || std::chrono::steady_clock::now() > give_up;
  });
  EXPECT_EQ(log.count("is not possible: what is there is no recording"), 1);
  EXPECT_FALSE(status_->trouble.empty());
  EXPECT_EQ(read_file(file_), "my diary\n");
}

}  // namespace
}  // namespace dmb::test
