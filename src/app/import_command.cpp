// SPDX-License-Identifier: MIT
#include "app/import_command.h"

#include "app/config_file.h"
#include "dmb/codec/text.h"
#include "dmb/importing/import.h"

#include <cstdio>
#include <string>

namespace dmb {
namespace {

int refuse(const std::filesystem::path& path, const std::string& why) {
  std::fprintf(stderr, "%s: %s\n", printable(path.string(), 200).c_str(), why.c_str());
  return 1;
}

}  // namespace

int import_file(const std::filesystem::path& path) {
  const ConfigFile file = read_config_file(path);
  if (file.state == ConfigFile::State::missing) return refuse(path, "there is no such file");
  if (file.state == ConfigFile::State::unreadable) return refuse(path, file.error);
  const Imported imported = import_config(file.text);
  if (!imported.error.empty()) return refuse(path, imported.error);
  std::fputs(imported.sections.c_str(), stdout);
  return 0;
}

}  // namespace dmb
