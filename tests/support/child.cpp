// SPDX-License-Identifier: MIT
#include "child.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace dmb::test {
namespace {

/// Brokers live in /usr/sbin, which is not in every user's PATH.
std::string find_program(const std::string& name) {
  for (const char* folder :
       {"/usr/local/bin/", "/usr/bin/", "/bin/", "/usr/local/sbin/", "/usr/sbin/", "/sbin/"})
    if (access((folder + name).c_str(), X_OK) == 0) return folder + name;
  throw std::runtime_error("needed for this test, but not installed: " + name);
}

[[noreturn]] void become(const std::string& program, char* const* arguments, int log) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  execv(program.c_str(), arguments);
  _exit(127);
}

int exit_code(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

TempDir::TempDir() {
  std::string name = (std::filesystem::temp_directory_path() / "dmb-test-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("mkdtemp failed");
  path_ = name;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Child::Child(const std::vector<std::string>& command, const std::filesystem::path& log) {
  const std::string program = find_program(command.at(0));
  std::vector<char*> arguments;
  for (const std::string& argument : command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const int fd = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  pid_ = fork();
  if (pid_ == 0) become(program, arguments.data(), fd);
  close(fd);
  if (pid_ < 0) throw std::runtime_error("fork failed");
}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

Child& Child::operator=(Child&& other) noexcept {
  if (this != &other) {
    stop(SIGKILL);
    pid_ = std::exchange(other.pid_, -1);
  }
  return *this;
}

Child::~Child() {
  stop(SIGKILL);
}

void Child::signal(int number) const {
  if (pid_ > 0) kill(pid_, number);
}

bool Child::is_running() {
  if (pid_ <= 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
  pid_ = -1;
  return false;
}

int Child::wait() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
  pid_ = -1;
  return exit_code(status);
}

void Child::stop(int number) {
  if (pid_ <= 0) return;
  signal(number);
  signal(SIGCONT);
  wait();
}

void run(const std::vector<std::string>& command) {
  const TempDir dir;
  const auto log = dir.path() / "log";
  if (Child(command, log).wait() == 0) return;
  std::string line;
  for (const std::string& word : command) line += word + " ";
  throw std::runtime_error("failed: " + line + "\n" + read_file(log));
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

}  // namespace dmb::test
