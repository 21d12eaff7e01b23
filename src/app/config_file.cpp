// SPDX-License-Identifier: MIT
#include "app/config_file.h"

#include "app/preset_files.h"
#include "runtime/identity.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace dmb {

ConfigFile read_config_file(const std::filesystem::path& path) {
  constexpr std::size_t kMaxBytes = 1 << 20;
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return {ConfigFile::State::missing, {}, {}};
  if (std::filesystem::is_directory(path, error))
    return {ConfigFile::State::unreadable, {}, "is a directory"};
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  std::string text(kMaxBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (!in.eof() && in.fail()))
    return {ConfigFile::State::unreadable, {}, std::string("cannot be read: ") + strerror(errno)};
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kMaxBytes)
    return {ConfigFile::State::unreadable, {}, "is larger than 1 MiB: not a config file"};
  return {ConfigFile::State::read, std::move(text), {}};
}

std::string digest_of(const ConfigFile& file) {
  if (file.state != ConfigFile::State::read) return {};
  // FNV-1a: nobody forges a config here, it has to differ where an edit was made.
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : file.text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001B3;
  }
  std::array<char, 17> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(hash));
  return digits.data();
}

bool everybody_may_read(const std::filesystem::path& path) {
  using std::filesystem::perms;
  std::error_code error;
  return (std::filesystem::status(path, error).permissions() & perms::others_read) != perms::none &&
         !error;
}

std::filesystem::path default_config_path() {
  std::error_code error;
  const auto executable = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return "config.ini";
  return executable.parent_path().parent_path() / "config.ini";
}

std::string canonical_config_path(const std::filesystem::path& path) {
  std::error_code error;
  const auto canonical = std::filesystem::weakly_canonical(std::filesystem::absolute(path), error);
  return error ? path.string() : canonical.string();
}

ConfigResult load_config(const ConfigFile& file, const std::filesystem::path& path) {
  if (file.state == ConfigFile::State::read)
    return parse_config(file.text, preset_files(path), local_device_id());
  ConfigResult result;
  const std::string message =
      file.state == ConfigFile::State::missing
          ? path.string() + " does not exist: copy config.sample.ini there and edit it"
          : path.string() + " " + file.error;
  result.problems.push_back({ConfigProblem::Severity::error, 0, "", "", message});
  return result;
}

}  // namespace dmb
