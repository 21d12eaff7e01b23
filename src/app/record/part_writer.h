// SPDX-License-Identifier: MIT
#pragma once

#include "runtime/unique_fd.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace dmb {

/// Writes the parts of a recording one after the other; on whatever thread may wait for a disk.
/// After a failure nothing is written until the next part begins.
class PartWriter {
 public:
  explicit PartWriter(std::filesystem::path path) : path_(std::move(path)) {}

  void begin_part();
  /// False: it is not in the file, or not whole.
  bool write(std::string_view text);
  /// Asks the disk to keep what it was given.
  void end();

  std::uint64_t bytes() const { return bytes_; }
  const std::string& trouble() const { return trouble_; }

 private:
  bool make_room();
  bool write_all(std::string_view text);
  void fail(std::string trouble);
  void keep_now_and_then();

  std::filesystem::path path_;
  UniqueFd file_;
  std::uint64_t bytes_ = 0;
  std::string trouble_;
  bool is_retry_ = false;  ///< the part before failed
  std::chrono::steady_clock::time_point kept_at_;
};

}  // namespace dmb
