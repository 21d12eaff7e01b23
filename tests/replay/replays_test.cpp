// SPDX-License-Identifier: MIT
// Each recording in tests/data/replays is a test: what it says was decided is decided again.
#include "app/replay/comparison.h"
#include "app/replay/recording_reader.h"
#include "app/replay/stage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace dmb::replay::test {
namespace {

std::vector<std::filesystem::path> find_replays() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(DMB_TEST_DATA "/replays"))
    if (entry.path().extension() == ".jsonl") found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

std::string test_name(const testing::TestParamInfo<std::filesystem::path>& info) {
  std::string name = info.param.stem().string();
  std::ranges::replace(name, '-', '_');
  return name;
}

class Replays : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Replays, AreDecidedAsTheyWere) {
  RecordingReader reader(GetParam());
  Comparison comparison;
  Stage stage({}, comparison);
  while (const auto line = reader.next()) stage.play(*line);
  comparison.end();
  EXPECT_EQ(reader.trouble(), "");
  EXPECT_GT(comparison.decisions(), 0U);
  EXPECT_TRUE(comparison.remarks().empty()) << comparison.remarks().front();
  for (const Difference& difference : comparison.differences())
    ADD_FAILURE() << difference.where << "\nrecorded: " << difference.recorded
                  << "\nreplayed: " << difference.replayed;
  EXPECT_EQ(comparison.different(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Data, Replays, testing::ValuesIn(find_replays()), test_name);

}  // namespace
}  // namespace dmb::replay::test
