// SPDX-License-Identifier: MIT
#pragma once

#include "runtime/unique_fd.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace dmb {

/// How a part of a recording begins.
struct PartStart {
  /// A recording that is there and smaller than this is gone on with, in the same file.
  std::uint64_t append_below = 0;
  /// Whoever begins it knows that what was written before may have a hole.
  bool after_trouble = false;
  /// What the part that is written now holds must not stay.
  bool replaces = false;
};

/// Writes the parts of a recording one after the other; on whatever thread may wait for a disk.
/// After a failure nothing is written until a part begins that knows of it.
class PartWriter {
 public:
  explicit PartWriter(std::filesystem::path path) : path_(std::move(path)) {}

  void begin_part(PartStart start);
  /// Whole lines. False: none of it is in the file.
  bool write(std::string_view text);
  /// Asks the disk to keep what it was given.
  void end();

  /// In the file.
  std::uint64_t bytes() const { return bytes_; }
  const std::string& trouble() const { return trouble_; }

 private:
  bool cut_back();
  bool make_room(std::uint64_t append_below);
  bool move_away();
  void open();
  void end_cut_line();
  bool write_all(std::string_view text);
  void fail(std::string trouble);
  void keep_now_and_then();

  std::filesystem::path path_;
  UniqueFd file_;
  std::uint64_t bytes_ = 0;
  std::uint64_t part_start_ = 0;  ///< in the file
  std::string trouble_;
  std::chrono::steady_clock::time_point kept_at_;
};

}  // namespace dmb
