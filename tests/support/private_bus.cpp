// SPDX-License-Identifier: MIT
#include "private_bus.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace dmb::test {

namespace {

/// Everything is allowed, as on a Venus device; and no service is started on demand.
std::string config(const std::string& socket) {
  return R"(<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
 <type>session</type>
 <listen>unix:path=)" +
         socket + R"(</listen>
 <auth>EXTERNAL</auth>
 <policy context="default">
  <allow send_destination="*" eavesdrop="true"/>
  <allow eavesdrop="true"/>
  <allow own="*"/>
 </policy>
</busconfig>
)";
}

std::filesystem::path make_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "dmb-bus-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "mkdtemp");
  }
  return name;
}

[[noreturn]] void become_daemon(const std::string& config_option, int address_fd) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(address_fd, STDOUT_FILENO);
  const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  ::dup2(null, STDERR_FILENO);
  ::execlp("dbus-daemon", "dbus-daemon", config_option.c_str(), "--nofork", "--nopidfile",
           "--print-address=1", nullptr);
  ::_exit(127);
}

/// The daemon prints its address when it listens; an early end of file means that it failed.
std::string read_line(int fd) {
  std::string line;
  char character = 0;
  while (::read(fd, &character, 1) == 1 && character != '\n') line += character;
  return line;
}

}  // namespace

PrivateBus::PrivateBus() : folder_(make_folder()) {
  const auto config_file = folder_ / "bus.conf";
  std::ofstream(config_file) << config((folder_ / "socket").string());
  const std::string config_option = "--config-file=" + config_file.string();

  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  daemon_ = ::fork();
  if (daemon_ == 0) become_daemon(config_option, ends[1]);
  ::close(ends[1]);
  address_ = read_line(ends[0]);
  ::close(ends[0]);
  if (address_.empty()) throw std::runtime_error("dbus-daemon does not start; is it installed?");
}

PrivateBus::~PrivateBus() {
  kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void PrivateBus::use_for_this_process() const {
  ::setenv("DBUS_SESSION_BUS_ADDRESS", address_.c_str(), 1);
}

void PrivateBus::stand_still() const {
  ::kill(daemon_, SIGSTOP);
}

void PrivateBus::go_on() const {
  ::kill(daemon_, SIGCONT);
}

void PrivateBus::kill() {
  if (daemon_ <= 0) return;
  ::kill(daemon_, SIGKILL);
  ::waitpid(daemon_, nullptr, 0);
  daemon_ = -1;
}

}  // namespace dmb::test
