// SPDX-License-Identifier: MIT
#pragma once

#include "app/record/record_file.h"
#include "dmb/config/config.h"
#include "dmb/record/line.h"
#include "dmb/record/masker.h"
#include "dmb/status/status.h"
#include "runtime/loop.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace dmb {

/// What everybody in the program tells of what came in and what was decided, for the recording that
/// the config asks for. Without one it costs whoever asks is_on() a look at a pointer.
class Tape {
 public:
  /// Tells everything that stands for the parts before the one that begins: see Driver.
  using CatchUp = std::function<void()>;

  /// `loop` must outlive it.
  Tape(Loop& loop, CatchUp catch_up);
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  /// What is recorded from now on, and where; nullopt: nothing. The same as before changes nothing.
  /// `is_first`: no device is there yet.
  void change(const std::optional<RecordConfig>& wanted, bool is_first);
  /// Whether change() would change something.
  bool is_other(const std::optional<RecordConfig>& wanted) const { return wanted != config_; }
  bool is_on() const { return file_ != nullptr; }
  /// The loop has ended: what is added from now on begins no part.
  void finish() { is_finished_ = true; }
  /// At the time of this turn. Without a recording nothing.
  void add(record::What what);
  /// Of each topic the last message, as far as a part has room for that. For the catch-up.
  void add_last_messages();

  /// nullopt: nothing is recorded.
  std::optional<status::RecordingStatus> status(Instant now) const;

 private:
  void stop();
  void begin_part(PartStart start, bool catches_up);
  void begin_next_part(bool after_trouble);
  void begin_part_anew();
  void note_config(const record::Line& line, bool has_new_secret);
  void write(record::What what);
  void count_missing();
  bool hand_over(const std::string& text);
  void remember(const record::MessageCame& message);
  void look_after();
  void report_trouble(const std::string& trouble);
  std::size_t most_bytes() const;

  Loop& loop_;
  CatchUp catch_up_;
  std::optional<RecordConfig> config_;
  std::unique_ptr<RecordFile> file_;
  record::Masker masker_;
  std::string config_text_;          ///< as it was told last
  std::string config_told_;          ///< and how it was masked then
  bool has_config_changed_ = false;  ///< what was learned since stands in it
  std::int64_t part_ = 0;
  std::size_t part_bytes_ = 0;  ///< handed over since the part began
  std::size_t room_ = 0;        ///< for so many bytes in the part
  Instant part_began_;
  std::size_t missing_ = 0;      ///< lines since the last one that was taken
  std::size_t all_missing_ = 0;  ///< likewise since the recording began
  std::string trouble_said_;
  Instant began_;
  std::map<std::string, record::MessageCame, std::less<>> last_messages_;
  std::size_t last_messages_bytes_ = 0;
  bool is_finished_ = false;
  Deferred turn_end_;
};

}  // namespace dmb
