// SPDX-License-Identifier: MIT
#include "app/replay/recording_reader.h"

#include "dmb/record/line_text.h"
#include "recorded.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

namespace dmb::replay::test {
namespace {

class RecordingReaderTest : public testing::Test {
 protected:
  RecordingReaderTest() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) / (std::string("replay-") + test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    file_ = folder_ / "recording";
  }
  ~RecordingReaderTest() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& text, const std::string& end = "") const {
    std::ofstream(file_.string() + end, std::ios::binary) << text;
  }
  std::vector<record::Line> read() const {
    RecordingReader reader(file_);
    std::vector<record::Line> lines;
    while (auto line = reader.next()) lines.push_back(std::move(*line));
    EXPECT_EQ(reader.trouble(), "");
    return lines;
  }

  std::filesystem::path folder_;
  std::filesystem::path file_;
};

std::string viewed(double seconds, const std::string& device = "a") {
  return record::to_text({at_s(seconds), record::Viewed{device}}) + "\n";
}

template <typename What>
std::string kinds(const std::vector<record::Line>& lines) {
  std::string found;
  for (const record::Line& line : lines)
    found += std::holds_alternative<What>(line.what) ? 'x' : '-';
  return found;
}

TEST_F(RecordingReaderTest, ReadsThePartBeforeFirst) {
  write(viewed(2));
  write(viewed(1), ".1");
  const auto lines = read();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].at, at_s(1));
  EXPECT_EQ(lines[1].at, at_s(2));
}

TEST_F(RecordingReaderTest, ALastLineThatIsCutIsPassedOverAndOneInTheMiddleMissed) {
  const std::string cut = viewed(3).substr(0, 9);
  write(viewed(1) + cut + "\n\x01\xff\n" + viewed(2) + cut);
  const auto lines = read();
  EXPECT_EQ(kinds<record::Gap>(lines), "-x-");
  EXPECT_EQ(std::get<record::Gap>(lines.at(1).what).lines, 2U);
  EXPECT_EQ(lines[1].at, at_s(2));
}

TEST_F(RecordingReaderTest, TheCutEndOfThePartBeforeIsNoGap) {
  write(viewed(1) + viewed(3).substr(0, 9), ".1");
  write(viewed(2));
  EXPECT_EQ(kinds<record::Gap>(read()), "--");
}

TEST_F(RecordingReaderTest, WhatOnlyAnotherVersionKnowsIsCounted) {
  write(viewed(1) +
        R"({"t":1000000000,"weather":{"sun":true}})"
        "\n" +
        viewed(2));
  RecordingReader reader(file_);
  std::size_t lines = 0;
  while (reader.next()) ++lines;
  EXPECT_EQ(lines, 2U);
  EXPECT_EQ(reader.of_other_versions(), 1U);
}

TEST_F(RecordingReaderTest, TimesThatNoMachineHasAreNoLines) {
  const auto message = [](Instant at, Instant arrived) {
    return record::to_text({at, record::MessageCame{"a", "b", false, arrived}}) + "\n";
  };
  write(message(Instant::max(), at_s(1)) + message(at_s(1), Instant::min()) +
        message(Instant::min(), at_s(1)) + viewed(2));
  const auto lines = read();
  EXPECT_EQ(kinds<record::Gap>(lines), "x-");
  EXPECT_EQ(std::get<record::Gap>(lines.at(0).what).lines, 3U);
}

TEST_F(RecordingReaderTest, ALineWithoutEndTakesNoMemory) {
  write(viewed(1) + std::string(record::kMaxLineBytes + 100, 'x') + "\n" + viewed(2));
  EXPECT_EQ(kinds<record::Gap>(read()), "-x-");
}

TEST_F(RecordingReaderTest, SaysWhyThereIsNothing) {
  RecordingReader missing(file_);
  EXPECT_FALSE(missing.next());
  EXPECT_NE(missing.trouble().find("No such file"), std::string::npos);

  write("[DEFAULT]\nlogging = INFO\n");
  RecordingReader config(file_);
  EXPECT_FALSE(config.next());
  EXPECT_NE(config.trouble().find("is no recording"), std::string::npos);

  std::filesystem::remove(file_);
  std::filesystem::create_directory(file_);
  RecordingReader folder(file_);
  EXPECT_FALSE(folder.next());
  EXPECT_NE(folder.trouble(), "");
}

}  // namespace
}  // namespace dmb::replay::test
