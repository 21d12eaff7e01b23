// SPDX-License-Identifier: MIT
#pragma once

#include "app/record/part_writer.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace dmb {

/// Lines on the disk, the part that is written now in FILE and the one before it in FILE.1. A
/// thread of its own writes them, so that a disk that is slow, full or gone delays nobody; at most
/// 4 MiB wait for it. A power cut costs the last second or so (30 s where the disk is not asked to
/// keep what it was given), and leaves a last line that may be cut off.
class RecordFile {
 public:
  struct State {
    std::uint64_t bytes = 0;       ///< in FILE
    std::uint64_t lost_lines = 0;  ///< that add() took and that could not be written
    std::string trouble;           ///< why nothing can be written at the moment; empty: it can
  };

  /// Touches nothing yet. Throws std::system_error when there can be no thread.
  explicit RecordFile(std::filesystem::path path);
  /// Waits until what was added is written, three seconds at most.
  ~RecordFile();
  RecordFile(const RecordFile&) = delete;
  RecordFile& operator=(const RecordFile&) = delete;

  /// What is added from now on stands in FILE; what stood there is FILE.1, unless it is gone on
  /// with. A file that is there and no recording stays, and is the trouble.
  void begin_part(PartStart start);
  /// Without a line feed. False: too much waits, it is lost.
  bool add(const std::string& line);

  const std::filesystem::path& path() const { return path_; }
  State state() const;

 private:
  struct Desk;

  std::filesystem::path path_;
  std::shared_ptr<Desk> desk_;  ///< shared with the thread, which a disk may hold for longer
};

}  // namespace dmb
