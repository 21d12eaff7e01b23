// SPDX-License-Identifier: MIT
#include "process_name.h"

#include "dmb/codec/text.h"

#include <fstream>
#include <iterator>

namespace dmb {

namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string_view without_directory(std::string_view argument) {
  return argument.substr(argument.rfind('/') + 1);
}

}  // namespace

std::string describe_command_line(std::string_view cmdline) {
  std::string out;
  while (!cmdline.empty()) {
    const auto end = cmdline.find('\0');
    if (!out.empty()) out += ' ';
    out += without_directory(cmdline.substr(0, end));
    cmdline.remove_prefix(end == std::string_view::npos ? cmdline.size() : end + 1);
  }
  return printable(out);
}

std::string describe_process(std::uint32_t pid) {
  const std::string folder = "/proc/" + std::to_string(pid);
  std::string name = describe_command_line(read_file(folder + "/cmdline"));
  if (name.empty()) {
    std::string comm = read_file(folder + "/comm");
    if (comm.ends_with('\n')) comm.pop_back();
    name = printable(comm);
  }
  if (name.empty()) name = "a process";
  return name + " (pid " + std::to_string(pid) + ")";
}

}  // namespace dmb
