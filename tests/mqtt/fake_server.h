// SPDX-License-Identifier: MIT
#pragma once

#include "runtime/unique_fd.h"

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace dmb::test {

/// A listening socket whose clients get connected by the kernel, and never an answer.
class SilentServer {
 public:
  SilentServer();
  std::uint16_t port() const { return port_; }

 protected:
  UniqueFd listener_;

 private:
  std::uint16_t port_ = 0;
};

/// Answers the first client's packets one by one with `answers`, then stays silent.
class ScriptedServer : public SilentServer {
 public:
  explicit ScriptedServer(std::vector<std::string> answers);
  ~ScriptedServer();

 private:
  void serve() const;

  const std::vector<std::string> answers_;
  UniqueFd stop_read_;
  UniqueFd stop_write_;
  std::thread thread_;
};

}  // namespace dmb::test
