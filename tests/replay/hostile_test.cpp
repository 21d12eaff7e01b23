// SPDX-License-Identifier: MIT
// A recording comes from whoever sends one: whatever stands in it, it is played to its end.
#include "app/replay/comparison.h"
#include "app/replay/stage.h"
#include "app/replay/timeline.h"
#include "dmb/record/line_text.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace dmb::replay::test {
namespace {

using Texts = std::vector<std::string>;
using Random = std::minstd_rand;

std::size_t below(Random& random, std::size_t end) {
  return static_cast<std::size_t>(random()) % end;
}

Texts lines_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  Texts lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// Another number in the place of one.
void change_number(std::string& line, Random& random) {
  constexpr std::array<std::string_view, 8> kNumbers{"0",      "-1",         "1e308", "-1e308",
                                                     "1e-300", "4294967296", "255",   "0.5"};
  const std::size_t begin = line.find_first_of("0123456789", below(random, line.size()));
  if (begin == std::string::npos) return;
  const std::size_t end = line.find_first_not_of("0123456789.", begin);
  line.replace(begin, std::min(end, line.size()) - begin, kNumbers.at(below(random, 8)));
}

void change(Texts& lines, Random& random) {
  const std::size_t at = below(random, lines.size());
  const std::size_t other = below(random, lines.size());
  switch (below(random, 5)) {
    case 0:
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    case 1:
      std::swap(lines[at], lines[other]);
      break;
    case 2:
      lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at), std::string(lines[other]));
      break;
    default:
      change_number(lines[at], random);
  }
}

std::size_t play(const Texts& lines) {
  std::size_t rows = 0;
  Timeline timeline([&rows](const std::string&) { ++rows; }, true);
  Comparison comparison;
  Stage told({}, timeline);
  Stage compared({}, comparison);
  for (const std::string& text : lines)
    if (const auto line = record::parse_line(text)) {
      told.play(*line);
      compared.play(*line);
    }
  comparison.end();
  return rows;
}

TEST(HostileRecordings, ArePlayedToTheirEnd) {
  constexpr int kRounds = 25;
  constexpr int kChanges = 12;
  for (const auto& entry : std::filesystem::directory_iterator(DMB_TEST_DATA "/replays")) {
    const Texts lines = lines_of(entry.path());
    EXPECT_GT(play(lines), 5U) << entry.path();
    for (unsigned seed = 1; seed <= kRounds; ++seed) {
      SCOPED_TRACE(entry.path().string() + ", seed " + std::to_string(seed));
      Random random(seed);
      Texts changed = lines;
      for (int i = 0; i < kChanges; ++i) change(changed, random);
      play(changed);
    }
  }
}

}  // namespace
}  // namespace dmb::replay::test
