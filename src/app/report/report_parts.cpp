// SPDX-License-Identifier: MIT
#include "app/report/report_parts.h"

#include "app/report/child.h"
#include "dmb/battery/letter_case.h"
#include "dmb/config/ini_text.h"
#include "dmb/config/ini_value.h"
#include "runtime/identity.h"

#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>

namespace dmb::report {
namespace {

using std::filesystem::path;

constexpr std::size_t kMaxOutput = std::size_t{4} << 20U;
constexpr std::size_t kMaxLog = std::size_t{256} << 10U;
constexpr std::chrono::seconds kPatience{60};

/// The last bytes of a file, not more than so many; empty where it cannot be read.
std::string end_of(const path& file, std::size_t max_bytes) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in) return {};
  const auto size = static_cast<std::size_t>(std::max<std::streamoff>(in.tellg(), 0));
  in.seekg(static_cast<std::streamoff>(size - std::min(size, max_bytes)));
  std::string text(std::min(size, max_bytes), '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

std::string ask_program(std::vector<std::string> arguments, const path& config_path) {
  arguments.insert(arguments.begin(), "/proc/self/exe");
  arguments.insert(arguments.end(), {"--config", config_path.string()});
  const Outcome outcome = run_child(arguments, kMaxOutput, kPatience);
  if (!outcome.exit_code) return outcome.output + "\n(no answer within a minute)\n";
  return outcome.output;
}

/// The folders that the log of an installation may be in: it is called as the installation's
/// folder.
std::vector<path> log_folders(const path& config_path) {
  std::set<path> names{std::filesystem::absolute(config_path).parent_path().filename()};
  std::error_code error;
  const path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) names.insert(program.parent_path().filename());
  std::vector<path> folders;
  for (const char* place : {"/var/log", "/var/volatile/log", "/data/log"})
    for (const path& name : names) folders.push_back(path(place) / name);
  return folders;
}

/// What multilog wrote: "@4000…" was before "current". The newest first.
std::vector<path> log_files(const path& folder) {
  std::vector<path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename();
    if (name == "current" || name.starts_with('@')) files.push_back(entry.path());
  }
  std::ranges::sort(files, std::greater{});
  return files;
}

std::optional<std::string> setting(const std::string& config_text, std::string_view key) {
  Problems problems;
  std::optional<std::string> value;
  for (const IniSection& section : read_ini(config_text, problems).sections)
    for (const IniEntry& entry : section.entries)
      if (equals_ignoring_case(section.name, "DEFAULT") && equals_ignoring_case(entry.key, key))
        value = clean_value(entry.raw_value, ValueSyntax::plain).text;
  return value;
}

}  // namespace

Part versions() {
  utsname system{};
  uname(&system);  // without its name, which may be the owner's
  std::string text = std::string(kProgramName) + " " + std::string(version()) + "\n";
  text += std::string(system.sysname) + " " + system.release + " " + system.machine + "\n";
  const std::string venus = end_of("/opt/victronenergy/version", 1000);
  text += venus.empty() ? "no Venus OS\n" : "Venus OS " + venus;
  return {"versions.txt", "versions of the program and of Venus OS", text};
}

std::vector<Part> told_by_program(const path& config_path) {
  return {
      {"check-config.txt", "what --check-config says",
       ask_program({"--check-config"}, config_path)},
      {"status.txt", "what --status says", ask_program({"--status"}, config_path)},
      {"status.json", "the same for programs", ask_program({"--status", "--json"}, config_path)},
      {"why.txt", "what --why says", ask_program({"--why"}, config_path)},
      {"why.json", "the same for programs", ask_program({"--why", "--json"}, config_path)},
  };
}

Part log_of(const path& config_path) {
  Part log{"log.txt", "the end of the log", ""};
  for (const path& folder : log_folders(config_path))
    for (const path& file : log_files(folder))
      log.text.insert(0, end_of(file, kMaxLog - std::min(kMaxLog, log.text.size())));
  return log;
}

std::vector<path> recordings_of(const std::string& config_text, const path& config_path,
                                const std::optional<path>& instead) {
  const std::string named = setting(config_text, "record").value_or("");
  if (!instead && named.empty()) return {};
  const path file = instead ? *instead : config_path.parent_path() / named;
  std::vector<path> found;
  std::error_code error;
  for (const path& part : {path(file.string() + ".1"), file})
    if (std::filesystem::is_regular_file(part, error)) found.push_back(part);
  return found;
}

}  // namespace dmb::report
