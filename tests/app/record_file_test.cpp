// SPDX-License-Identifier: MIT
#include "app/record/record_file.h"

#include "temporary_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace dmb::test {
namespace {

const std::string kBegan = R"({"t":1,"began":{}})";

TEST(RecordFileTest, HasAllThatWasAddedWhenItIsGone) {
  const TemporaryFolder folder;
  std::string expected;
  {
    RecordFile file(folder / "boat.jsonl");
    file.begin_part({});
    for (int part = 0; part < 3; ++part) {
      file.begin_part({});
      expected.clear();
      for (int i = 0; i < 1000; ++i) {
        const std::string line = kBegan + std::to_string(i);
        EXPECT_TRUE(file.add(line));
        expected += line + "\n";
      }
    }
  }
  EXPECT_EQ(read_file(folder / "boat.jsonl"), expected);
  EXPECT_EQ(read_file(folder / "boat.jsonl.1"), expected);
}

TEST(RecordFileTest, TakesNoMoreThanMayWait) {
  const TemporaryFolder folder;
  RecordFile file(folder / "boat.jsonl");
  file.begin_part({});
  EXPECT_FALSE(file.add(std::string(std::size_t{5} << 20U, 'x')));
  EXPECT_TRUE(file.add(kBegan));
}

TEST(RecordFileTest, TouchesNothingBeforeThereIsALine) {
  const TemporaryFolder folder;
  { RecordFile file(folder / "boat.jsonl"); }
  EXPECT_FALSE(std::filesystem::exists(folder / "boat.jsonl"));
}

}  // namespace
}  // namespace dmb::test
