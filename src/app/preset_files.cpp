// SPDX-License-Identifier: MIT
#include "app/preset_files.h"

#include "app/config_file.h"

#include <set>
#include <vector>

namespace dmb {
namespace {

using std::filesystem::path;

std::vector<path> folders(const path& config_path) {
  std::vector<path> found{std::filesystem::absolute(config_path).parent_path() / "presets"};
  std::error_code error;
  const auto executable = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) found.push_back(executable.parent_path().parent_path() / "share" / "presets");
  return found;
}

std::vector<std::string> names_in(const std::vector<path>& folders) {
  std::set<std::string> names;
  for (const path& folder : folders) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error))
      if (entry.path().extension() == ".ini") names.insert(entry.path().stem().string());
  }
  return {names.begin(), names.end()};
}

}  // namespace

Presets preset_files(const path& config_path) {
  const std::vector<path> places = folders(config_path);
  return {.read = [places](const std::string& name) -> std::optional<std::string> {
            for (const path& folder : places) {
              const ConfigFile file = read_config_file(folder / (name + ".ini"));
              if (file.state == ConfigFile::State::read) return file.text;
            }
            return std::nullopt;
          },
          .names = names_in(places)};
}

}  // namespace dmb
