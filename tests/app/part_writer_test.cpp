// SPDX-License-Identifier: MIT
#include "app/record/part_writer.h"

#include "temporary_folder.h"

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <string>

namespace dmb::test {
namespace {

constexpr PartStart kNewFile{};
constexpr PartStart kGoOn{.append_below = 1000};
constexpr PartStart kAgain{.append_below = 1000, .after_trouble = true};

std::string began(int part) {
  return R"({"t":1,"began":{"part":)" + std::to_string(part) + "}}\n";
}

/// No file of this process may become larger, as on a disk that is full.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : before_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, before_handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*before_handler_)(int);
};

class PartWriterTest : public testing::Test {
 protected:
  void write_part(int number, PartStart start = kNewFile) {
    writer_.begin_part(start);
    ASSERT_TRUE(writer_.write(began(number))) << writer_.trouble();
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "boat.jsonl";
  std::filesystem::path before_ = folder_ / "boat.jsonl.1";
  PartWriter writer_{file_};
};

TEST_F(PartWriterTest, KeepsThePartThatIsWrittenAndTheOneBeforeIt) {
  write_part(0);
  EXPECT_FALSE(std::filesystem::exists(before_));
  write_part(1);
  write_part(2);
  EXPECT_EQ(read_file(file_), began(2));
  EXPECT_EQ(read_file(before_), began(1));
  EXPECT_EQ(writer_.bytes(), began(2).size());
}

TEST_F(PartWriterTest, NobodyElseMayReadIt) {
  write_part(0);
  EXPECT_EQ(std::filesystem::status(file_).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(PartWriterTest, LeavesAloneWhatIsNoRecording) {
  for (const auto& theirs : {file_, before_}) {
    write_file(file_, began(0));
    write_file(theirs, "my diary\n");
    writer_.begin_part(kAgain);
    if (theirs == before_) writer_.begin_part(kNewFile);
    EXPECT_FALSE(writer_.write(began(1)));
    EXPECT_NE(writer_.trouble().find("no recording"), std::string::npos) << writer_.trouble();
    EXPECT_EQ(read_file(theirs), "my diary\n");
    std::filesystem::remove(theirs);
  }
}

TEST_F(PartWriterTest, FollowsNoLink) {
  const std::filesystem::path theirs = folder_ / "theirs";
  write_file(theirs, "");
  std::filesystem::create_symlink(theirs, file_);
  writer_.begin_part(kNewFile);
  EXPECT_FALSE(writer_.write(began(0)));
  EXPECT_EQ(read_file(theirs), "");
  EXPECT_TRUE(std::filesystem::is_symlink(file_));
}

TEST_F(PartWriterTest, GoesOnWithASmallOneBehindALineThatWasCutOff) {
  write_file(before_, began(7));
  write_file(file_, began(8) + R"({"t":2,"vie)");
  write_part(0, kGoOn);
  EXPECT_EQ(read_file(file_), began(8) + "{\"t\":2,\"vie\n" + began(0));
  EXPECT_EQ(read_file(before_), began(7));
  EXPECT_EQ(writer_.bytes(), read_file(file_).size());
}

TEST_F(PartWriterTest, GoesOnWithNoLargeOne) {
  const std::string large = began(8) + std::string(1000, 'x') + "\n";
  write_file(file_, large);
  write_part(0, kGoOn);
  EXPECT_EQ(read_file(file_), began(0));
  EXPECT_EQ(read_file(before_), large);
}

TEST_F(PartWriterTest, AnEmptyFileIsNotWorthThePartBefore) {
  write_file(before_, began(7));
  write_file(file_, "");
  write_part(8);
  EXPECT_EQ(read_file(before_), began(7));
}

TEST_F(PartWriterTest, OfAPartThatIsReplacedNothingStays) {
  write_file(file_, began(7));
  write_part(8, kGoOn);
  write_part(10, {.append_below = 1000, .replaces = true});
  EXPECT_EQ(read_file(file_), began(7) + began(10));
  EXPECT_EQ(writer_.bytes(), read_file(file_).size());
  EXPECT_FALSE(std::filesystem::exists(before_));
}

TEST_F(PartWriterTest, WritesNoHalfOfALineToAFullDisk) {
  write_part(0);
  {
    const FullDisk full(began(0).size() + 10);
    EXPECT_FALSE(writer_.write(began(1)));
  }
  EXPECT_FALSE(writer_.trouble().empty());
  EXPECT_EQ(read_file(file_), began(0));
  EXPECT_FALSE(writer_.write(began(2))) << "there is a hole before it";
  EXPECT_EQ(read_file(file_), began(0));
}

TEST_F(PartWriterTest, BehindAHoleGoesOnOnlyForWhoKnowsOfIt) {
  write_part(0);
  {
    const FullDisk full(began(0).size() + 10);
    EXPECT_FALSE(writer_.write(began(1)));
  }
  writer_.begin_part(kNewFile);
  EXPECT_FALSE(writer_.write(began(1)));
  EXPECT_FALSE(writer_.trouble().empty());
  write_part(3, kAgain);
  EXPECT_TRUE(writer_.trouble().empty());
  EXPECT_EQ(read_file(file_), began(0) + began(3));
}

TEST_F(PartWriterTest, NoticesThatItsFileIsGone) {
  write_part(0);
  std::filesystem::remove(file_);
  EXPECT_FALSE(writer_.write(began(1)));
  EXPECT_EQ(writer_.trouble(), "somebody removed it");
  write_part(3, kAgain);
  EXPECT_EQ(read_file(file_), began(3));
}

TEST_F(PartWriterTest, WaitsForItsFolder) {
  PartWriter writer(folder_ / "stick" / "boat.jsonl");
  writer.begin_part(kNewFile);
  EXPECT_FALSE(writer.write(began(0)));
  EXPECT_EQ(writer.trouble(), "No such file or directory");
  std::filesystem::create_directory(folder_ / "stick");
  writer.begin_part(kAgain);
  EXPECT_TRUE(writer.write(began(2)));
  EXPECT_EQ(read_file(folder_ / "stick/boat.jsonl"), began(2));
}

}  // namespace
}  // namespace dmb::test
