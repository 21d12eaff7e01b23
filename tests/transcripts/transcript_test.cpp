// SPDX-License-Identifier: MIT
#include "transcript.h"

#include "dmb/battery/quantity.h"
#include "dmb/config/parse.h"
#include "note_text.h"
#include "stage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

namespace dmb::test {
namespace {

std::vector<std::filesystem::path> find_transcripts() {
  std::vector<std::filesystem::path> found;
  const auto folder = std::filesystem::path(DMB_SOURCE_DIR) / "tests" / "transcripts";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".txt" && entry.path().filename() != "CMakeLists.txt")
      found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

std::string test_name(const testing::TestParamInfo<std::filesystem::path>& info) {
  std::string name =
      info.param.parent_path().filename().string() + "_" + info.param.stem().string();
  std::ranges::replace(name, '-', '_');
  return name;
}

/// A key that does nothing would make the transcript another one than it looks like.
Config config_of(const std::string& text) {
  const ConfigResult result = parse_config(text);
  std::string what;
  for (const ConfigProblem& problem : result.problems) what += describe(problem, "config") + "\n";
  if (!result.config || !what.empty()) throw std::runtime_error(what);
  return *result.config;
}

/// As transcripts write it; "-" is invalid, "absent" not there at all.
std::string shown(const ItemValues::Slot& slot) {
  if (!slot.exists) return "absent";
  if (!slot.value) return "-";
  if (const auto* text = std::get_if<std::string>(&*slot.value)) return "'" + *text + "'";
  if (const auto* number = std::get_if<std::int32_t>(&*slot.value)) return std::to_string(*number);
  return std::to_string(std::get<double>(*slot.value));
}

bool is_as(const std::string& expected, const ItemValues& values, Quantity id) {
  const auto number = values.number(id);
  char* end = nullptr;
  const double wanted = std::strtod(expected.c_str(), &end);
  const bool is_number = !expected.empty() && *end == '\0' && expected != "-";
  return is_number ? number && std::fabs(*number - wanted) < 0.005 : shown(values[id]) == expected;
}

/// "(70.5) ", before what happens by itself between two steps.
std::string seconds_of(Instant at) {
  std::ostringstream out;
  out << "(" << std::chrono::duration<double>(at - kBegin).count() << ") ";
  return out.str();
}

std::unique_ptr<Stage> make_stage(const Config& config) {
  return config.shunts ? make_bank_stage(config) : make_battery_stage(config);
}

class Player {
 public:
  explicit Player(const Transcript& transcript)
      : config_(transcript.config), stage_(make_stage(config_of(config_))) {}

  void play(const TranscriptStep& step) {
    pass_time_until(step.at);
    const std::string config = config_;
    for (const TranscriptLine& event : step.events) {
      std::string_view text = event.text;
      const std::string_view what = take_word(text);
      if (what == "set" || (what == "restart" && !text.empty())) config_ = with_key(config_, text);
      if (what == "restart")
        stage_->restart(config_of(config_), step.at);
      else if (what != "set")
        stage_->play(event, step.at);
    }
    if (config_ != config) stage_->change(config_of(config_), step.at);
    stage_->end_turn(step.at);
    look(step.at);
    compare(step);
  }

 private:
  /// Calls the device when it wants to be called.
  void pass_time_until(Instant end) {
    constexpr int kMaxWakeUps = 100'000;
    for (int i = 0; wake_at_ && *wake_at_ < end; ++i) {
      ASSERT_LT(i, kMaxWakeUps) << "it spins";
      look(*wake_at_, seconds_of(*wake_at_));
    }
    if (on_bus_ && (!wake_at_ || *wake_at_ > end)) expect_no_change(end);
  }

  /// Nothing changes by itself at a time that was not named; but a time to go may wait.
  void expect_no_change(Instant now) {
    ItemValues before = stage_->device().values();
    ItemValues after = stage_->device().view(now);
    before.set(q("/TimeToGo"), std::nullopt);
    after.set(q("/TimeToGo"), std::nullopt);
    EXPECT_EQ(before, after) << "changed by itself before " << seconds_of(now);
  }

  void look(Instant now, const std::string& when = "") {
    stage_->pass(now);
    Device& device = stage_->device();
    device.view(now);
    for (const Note& note : device.take_notes()) notes_.push_back(when + text_of(note));
    for (const std::string& question : stage_->take_questions()) notes_.push_back(when + question);
    if (device.presence() != Presence::stays) on_bus_ = device.presence() == Presence::on;
    wake_at_ = earlier(device.next_change(now), stage_->due());
    EXPECT_TRUE(!wake_at_ || *wake_at_ > now) << "would be called again at once";
  }

  void compare(const TranscriptStep& step) {
    std::vector<std::string> expected_notes;
    for (const TranscriptLine& line : step.expected) {
      SCOPED_TRACE("line " + std::to_string(line.number) + ": " + line.text);
      std::string_view text = line.text;
      const std::string what(take_word(text));
      if (what == "note" || what == "asks")
        expected_notes.emplace_back(text);
      else if (what.starts_with('/'))
        compare_item(what, std::string(text));
      else
        EXPECT_EQ(!on_bus_ ? "off" : stage_->is_holding() ? "holding" : "on", what);
    }
    const int line = step.expected.empty() ? step.events.back().number : step.expected[0].number;
    EXPECT_EQ(std::exchange(notes_, {}), expected_notes) << "notes until line " << line;
  }

  void compare_item(const std::string& path, const std::string& expected) {
    const auto id = find_quantity(path);
    ASSERT_TRUE(id) << "no such item";
    EXPECT_TRUE(is_as(expected, stage_->device().values(), *id))
        << "is " << shown(stage_->device().values()[*id]);
  }

  std::string config_;
  std::unique_ptr<Stage> stage_;
  bool on_bus_ = false;  ///< as the host would have it
  std::vector<std::string> notes_;
  std::optional<Instant> wake_at_;
};

class Transcripts : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Transcripts, GoAsTheyAreWritten) {
  const Transcript transcript = read_transcript(GetParam());
  Player player(transcript);
  for (const TranscriptStep& step : transcript.steps) player.play(step);
}

INSTANTIATE_TEST_SUITE_P(Each, Transcripts, testing::ValuesIn(find_transcripts()), test_name);

}  // namespace
}  // namespace dmb::test
