// SPDX-License-Identifier: MIT
#include "app/record/tape.h"

#include "dmb/codec/text.h"
#include "dmb/record/line_text.h"
#include "runtime/identity.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>
#include <variant>

namespace dmb {
namespace {

constexpr std::chrono::minutes kRetry{1};
constexpr std::chrono::minutes kLasting{5};  ///< without trouble: it is over
constexpr std::size_t kMaxTopics = 2000;

std::int64_t wall_time_s() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

}  // namespace

Tape::Tape(Loop& loop, CatchUp catch_up)
    : loop_(loop),
      catch_up_(std::move(catch_up)),
      turn_end_(loop.defer([this] { look_after(); })) {}

/// Of each of the two parts that may be there.
std::size_t Tape::part_bytes() const {
  return config_ ? config_->max_bytes / 2 : 0;
}

void Tape::change(const std::optional<RecordConfig>& wanted, bool is_first) {
  if (wanted == config_) return;
  stop();
  config_ = wanted;
  if (!config_) return;
  for (const std::string& word : config_->mask) masker_.learn(record::Secret::own_word, word);
  file_ = std::make_unique<RecordFile>(config_->path);
  began_ = loop_.now();
  spdlog::info("recording to {}: everything that comes in and is decided, masked; {} h or {} MB",
               printable(config_->path, 300), config_->max_age.count(),
               config_->max_bytes / 1'000'000);
  part_ = 0;
  begin_part(!is_first);
}

void Tape::stop() {
  if (!file_) return;
  spdlog::info("recording to {} has ended", printable(file_->path().string(), 300));
  file_.reset();
  last_messages_.clear();
  last_messages_bytes_ = 0;
  masker_ = {};
  trouble_said_.clear();
}

void Tape::begin_part(bool catches_up) {
  file_->begin_part();
  part_bytes_ = 0;
  part_began_ = loop_.now();
  // The first line of a part says what it is, whatever is missing before it.
  const std::size_t missing = std::exchange(missing_, 0);
  write(record::Began{.version = std::string(version()),
                      .wall_time_s = wall_time_s(),
                      .part = part_,
                      .catches_up = catches_up});
  missing_ += missing;
  if (catches_up) catch_up_();
}

/// What the last part said is not known of a part that was lost by halves: the next one has a
/// number that does not follow.
void Tape::look_after() {
  if (!file_) return;
  const std::string trouble = file_->state().trouble;
  report_trouble(trouble);
  const auto age = loop_.now() - part_began_;
  const bool is_full = part_bytes_ >= part_bytes() / 10 * 9 || age >= config_->max_age / 2;
  if (!trouble.empty() && age < kRetry) return;
  if (trouble.empty() && !is_full) return;
  part_ += trouble.empty() ? 1 : 2;
  begin_part(true);
}

void Tape::report_trouble(const std::string& trouble) {
  const std::string file = printable(file_->path().string(), 300);
  if (trouble.empty()) {
    if (trouble_said_.empty() || loop_.now() - part_began_ < kLasting) return;
    spdlog::warn("recording to {} goes on", file);
  } else if (trouble != trouble_said_) {
    spdlog::warn("recording to {} is not possible: {}; trying again every minute", file,
                 printable(trouble, 200));
  }
  trouble_said_ = trouble;
}

void Tape::add(record::What what) {
  if (!file_) return;
  if (const auto* message = std::get_if<record::MessageCame>(&what)) remember(*message);
  const bool is_end = std::holds_alternative<record::Ended>(what);
  write(std::move(what));
  if (!is_end) turn_end_.trigger();  // the loop may have ended as well
}

void Tape::add_config(record::ConfigLoaded loaded) {
  if (!file_) return;
  masker_.learn_config(loaded.text);
  loaded.text = masker_.mask_config(loaded.text);
  add(std::move(loaded));
}

/// One part must hold what stands for the parts before, and have room for more.
void Tape::write(record::What what) {
  const record::Line line{loop_.now(), std::move(what)};
  masker_.learn(line);
  const std::string text = record::to_text(masker_.mask(line));
  if (part_bytes_ + text.size() >= part_bytes()) {
    ++missing_;
    return;
  }
  if (missing_ > 0) {
    const std::string gap = record::to_text({loop_.now(), record::Gap{missing_}});
    if (file_->add(gap)) missing_ = 0;
  }
  if (missing_ > 0 || !file_->add(text)) {
    ++missing_;
    return;
  }
  part_bytes_ += text.size() + 1;
}

void Tape::remember(const record::MessageCame& message) {
  const auto size = [](const record::MessageCame& m) { return m.topic.size() + m.payload.size(); };
  const auto found = last_messages_.find(message.topic);
  const std::size_t before = found == last_messages_.end() ? 0 : size(found->second);
  const std::size_t after = last_messages_bytes_ - before + size(message);
  if (after > part_bytes() / 8) return;
  if (found == last_messages_.end() && last_messages_.size() >= kMaxTopics) return;
  last_messages_[message.topic] = message;
  last_messages_bytes_ = after;
}

void Tape::add_last_messages() {
  for (const auto& [topic, message] : last_messages_) write(message);
}

std::optional<status::RecordingStatus> Tape::status(Instant now) const {
  if (!file_) return std::nullopt;
  const RecordFile::State state = file_->state();
  return status::RecordingStatus{.file = file_->path().string(),
                                 .age_s = std::chrono::duration<double>(now - began_).count(),
                                 .part_bytes = static_cast<std::int64_t>(state.bytes),
                                 .lost_lines = static_cast<std::int64_t>(state.lost_lines),
                                 .trouble = state.trouble};
}

}  // namespace dmb
