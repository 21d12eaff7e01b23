// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/record/line.h"

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace dmb::replay {

/// Reads a recording line by line: the part before (FILE.1), where that is there, then FILE.
///
/// What cannot be read in the middle of a file is a Gap of so many lines. At its end it is passed
/// over: who writes there may be cut off at any byte. Lines of kinds that only other versions of
/// the program know are passed over as well.
class RecordingReader {
 public:
  explicit RecordingReader(const std::filesystem::path& file);

  /// nullopt: the end, or trouble().
  std::optional<record::Line> next();

  /// Why it, or some of it, cannot be read, for people; empty: all of it was.
  const std::string& trouble() const { return trouble_; }
  /// Lines that were read, and those of kinds that other versions know.
  std::size_t lines() const { return lines_; }
  std::size_t of_other_versions() const { return of_other_versions_; }

 private:
  bool open_next();
  bool fill();
  bool read_text(std::string& text);
  std::optional<record::Line> read_line();

  std::filesystem::path path_;
  std::vector<std::filesystem::path> files_;  ///< that are still to be read, the next one last
  std::filesystem::path current_;
  std::ifstream in_;
  std::string buffer_;
  std::size_t position_ = 0;          ///< of what is not read yet
  std::optional<record::Line> held_;  ///< behind the Gap that was returned
  std::size_t broken_ = 0;            ///< lines since the last good one of this file
  std::size_t lines_ = 0;
  std::size_t of_other_versions_ = 0;
  std::string trouble_;
};

}  // namespace dmb::replay
