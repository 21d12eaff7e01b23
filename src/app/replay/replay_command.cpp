// SPDX-License-Identifier: MIT
#include "app/replay/replay_command.h"

#include "app/config_file.h"
#include "app/replay/comparison.h"
#include "app/replay/player.h"
#include "app/replay/recording_reader.h"
#include "app/replay/sequences.h"
#include "app/replay/stage.h"
#include "app/replay/timeline.h"
#include "dmb/codec/text.h"
#include "runtime/identity.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace dmb {
namespace {

using namespace replay;

constexpr int kSame = 0;
constexpr int kDiffers = 1;

void print(const std::string& row) {
  std::fwrite(row.data(), 1, row.size(), stdout);
  std::fputc('\n', stdout);
}

/// What is odd about the recording as a whole, behind what was made of it.
int finish(const RecordingReader& reader, int outcome) {
  if (!reader.trouble().empty()) {
    std::fprintf(stderr, "%s\n", printable(reader.trouble(), 300).c_str());
    return kExitUsage;
  }
  if (reader.of_other_versions() > 0)
    std::fprintf(stderr,
                 "%zu lines were written by another version than %s, and mean nothing to it\n",
                 reader.of_other_versions(), version().data());
  return outcome;
}

void play(RecordingReader& reader, Stage& stage) {
  while (const auto line = reader.next()) stage.play(*line);
}

int print_timeline(const Options& options, std::optional<Config> other) {
  RecordingReader reader(options.replay.file);
  Timeline timeline(print, options.replay.items);
  Stage stage(std::move(other), timeline);
  play(reader, stage);
  return finish(reader, kSame);
}

int print_differences(std::size_t different, const std::vector<Difference>& first,
                      std::size_t decisions) {
  if (different == 0) {
    print("same: " + std::to_string(decisions) + " decisions");
    return kSame;
  }
  print("different: " + std::to_string(different) + " of " + std::to_string(decisions) +
        " decisions; the first:");
  for (const Difference& difference : first) {
    print("  " + difference.where);
    print("    recorded: " + difference.recorded);
    print("    replayed: " + difference.replayed);
  }
  return kDiffers;
}

int compare_with_itself(const Options& options, std::optional<Config> other) {
  RecordingReader reader(options.replay.file);
  Comparison comparison;
  Stage stage(std::move(other), comparison);
  play(reader, stage);
  comparison.end();
  for (const std::string& remark : comparison.remarks()) print("note: " + remark);
  if (!reader.trouble().empty()) return finish(reader, kExitUsage);
  return finish(reader, print_differences(comparison.different(), comparison.differences(),
                                          comparison.decisions()));
}

int compare_with_other(const Options& options, std::optional<Config> other) {
  RecordingReader reader(options.replay.file);
  RecordingReader other_reader(*options.replay.diff_with);
  Sequences recorded;
  Sequences replayed;
  Stage stage(std::move(other), replayed);
  play(reader, stage);
  while (const auto line = other_reader.next()) recorded.take(*line);
  if (!reader.trouble().empty()) return finish(reader, kExitUsage);
  if (!other_reader.trouble().empty()) return finish(other_reader, kExitUsage);
  const auto differences = Sequences::compare(recorded, replayed);
  return finish(reader, print_differences(differences.size(), differences, recorded.decisions()));
}

int publish(const Options& options, std::optional<Config> other) try {
  const std::string refused =
      refuse_bus(std::getenv("DBUS_SESSION_BUS_ADDRESS"), std::getenv("DBUS_SYSTEM_BUS_ADDRESS"));
  if (!refused.empty()) throw std::runtime_error(refused);
  RecordingReader reader(options.replay.file);
  Player player(reader, std::move(other), options.replay.speed.value_or(1));
  const int code = player.run();
  return finish(reader, code);
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", printable(error.what(), 300).c_str());
  return kExitUsage;
}

/// The config given beside the recording. False: it has errors, which are told.
bool read_other(const Options& options, std::optional<Config>& other) {
  if (!options.config_given) return true;
  ConfigResult result = load_config(read_config_file(options.config_path), options.config_path);
  if (!result.config)
    for (const ConfigProblem& problem : result.problems)
      std::fprintf(stderr, "%s\n", describe(problem, options.config_path.string()).c_str());
  other = std::move(result.config);
  return other.has_value();
}

}  // namespace

int replay_recording(const Options& options) {
  std::optional<Config> other;
  if (!read_other(options, other)) return kExitUsage;
  if (options.replay.publish) return publish(options, std::move(other));
  if (options.replay.diff_with) return compare_with_other(options, std::move(other));
  if (options.replay.diff) return compare_with_itself(options, std::move(other));
  return print_timeline(options, std::move(other));
}

}  // namespace dmb
