// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace dmb::test {

/// A new private folder under the temporary folder, removed with everything in it.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A program of ours; killed on destruction, and by the kernel if the test dies.
class Child {
 public:
  Child() = default;
  /// Output goes to `log`. Throws when the program cannot be found.
  Child(const std::vector<std::string>& command, const std::filesystem::path& log);
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  ~Child();

  void signal(int number) const;
  bool is_running();
  /// Waits for the end; the exit code, or 128 + signal.
  int wait();
  /// Ends it: SIGTERM by default.
  void stop(int number = 15);

 private:
  pid_t pid_ = -1;
};

/// Runs a program to its end; throws with its output when the exit code is not 0.
void run(const std::vector<std::string>& command);

std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, const std::string& text);

}  // namespace dmb::test
