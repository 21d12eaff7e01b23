// SPDX-License-Identifier: MIT
#include "app/record/tape.h"

#include "dmb/codec/text.h"
#include "dmb/record/line_text.h"
#include "runtime/identity.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

namespace dmb {
namespace {

constexpr std::chrono::minutes kRetry{1};
constexpr std::chrono::minutes kLasting{5};  ///< without trouble: it is over
constexpr std::size_t kMaxTopics = 2000;
constexpr std::size_t kMaxLastMessagesBytes = std::size_t{1} << 20U;

std::int64_t wall_time_s() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

}  // namespace

Tape::Tape(Loop& loop, CatchUp catch_up)
    : loop_(loop),
      catch_up_(std::move(catch_up)),
      turn_end_(loop.defer([this] { look_after(); })) {}

/// In each of the two files that may be there.
std::size_t Tape::most_bytes() const {
  return config_ ? config_->max_bytes / 2 : 0;
}

void Tape::change(const std::optional<RecordConfig>& wanted, bool is_first) {
  if (!is_other(wanted)) return;
  stop();
  config_ = wanted;
  if (!config_) return;
  for (const std::string& word : config_->mask) masker_.learn(record::Secret::own_word, word);
  file_ = std::make_unique<RecordFile>(*config_->path);
  began_ = loop_.now();
  spdlog::info("recording to {}: everything that comes in and is decided, masked; {} h or {} MB",
               printable(*config_->path, 300), config_->max_age.count(),
               config_->max_bytes / 1'000'000);
  part_ = 0;
  all_missing_ = missing_ = 0;
  // A program that ends again and again must not leave nothing but its last beginnings.
  begin_part({.append_below = most_bytes() / 4}, !is_first);
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

/// What stands for the parts before must leave room for what is new.
void Tape::begin_part(PartStart start, bool catches_up) {
  file_->begin_part(start);
  const std::size_t room = most_bytes() - start.append_below;
  part_bytes_ = 0;
  part_began_ = loop_.now();
  has_config_changed_ = false;
  room_ = room / 2;
  // The first line of a part says what it is, whatever is missing before it.
  const std::size_t missing = std::exchange(missing_, 0);
  write(record::Began{.version = std::string(version()),
                      .wall_time_s = wall_time_s(),
                      .part = part_,
                      .catches_up = catches_up});
  missing_ += missing;
  if (catches_up) catch_up_();
  room_ = room;
}

/// Behind a part with a hole at its end the next one has a number that does not follow, so that
/// whoever plays it begins anew with what it says of the parts before.
void Tape::begin_next_part(bool after_trouble) {
  part_ += after_trouble || missing_ > 0 ? 2 : 1;
  const std::size_t append_below = after_trouble ? most_bytes() / 4 : 0;
  begin_part({.append_below = append_below, .after_trouble = after_trouble}, true);
}

/// The config names topics in another way than the messages that come from now on. What was told so
/// far goes, with the secret in it, unless that is much.
void Tape::begin_part_anew() {
  const std::size_t little = most_bytes() / 4;
  part_ += 2;
  begin_part({.append_below = little, .replaces = part_bytes_ < little}, true);
}

void Tape::look_after() {
  if (!file_) return;
  const std::string trouble = file_->state().trouble;
  report_trouble(trouble);
  if (trouble.empty() && has_config_changed_) return begin_part_anew();
  const auto age = loop_.now() - part_began_;
  const bool is_full = part_bytes_ >= room_ / 10 * 9 || 2 * age >= config_->max_age;
  if (trouble.empty() ? is_full : age >= kRetry) begin_next_part(!trouble.empty());
}

void Tape::report_trouble(const std::string& trouble) {
  if (trouble == trouble_said_) return;
  if (trouble.empty() && loop_.now() - part_began_ < kLasting) return;
  const std::string file = printable(file_->path().string(), 300);
  if (trouble.empty())
    spdlog::warn("recording to {} goes on", file);
  else
    spdlog::warn("recording to {} is not possible: {}; trying again every minute", file,
                 printable(trouble, 200));
  trouble_said_ = trouble;
}

void Tape::add(record::What what) {
  if (!file_) return;
  if (const auto* message = std::get_if<record::MessageCame>(&what)) remember(*message);
  write(std::move(what));
  if (!is_finished_) turn_end_.trigger();
}

void Tape::count_missing() {
  ++missing_;
  ++all_missing_;
}

/// A serial may stand in a topic of the config, and be known as one only by a message.
void Tape::note_config(const record::Line& line, bool has_new_secret) {
  if (const auto* loaded = std::get_if<record::ConfigLoaded>(&line.what)) {
    config_text_ = loaded->text;
    config_told_ = masker_.mask_config(config_text_);
  } else if (has_new_secret && masker_.mask_config(config_text_) != config_told_) {
    has_config_changed_ = true;
  }
}

/// What may hold a secret that nobody remembers does not go out.
void Tape::write(record::What what) {
  record::Line line{loop_.now(), std::move(what)};
  const std::size_t known = masker_.size();
  if (!masker_.learn(line)) return count_missing();
  note_config(line, masker_.size() != known);
  if (missing_ > 0 && hand_over(record::to_text({loop_.now(), record::Gap{missing_}})))
    missing_ = 0;
  if (missing_ > 0 || !hand_over(record::to_text(masker_.mask(std::move(line))))) count_missing();
}

/// False: there is no room, on the disk or on the way to it.
bool Tape::hand_over(const std::string& text) {
  const std::size_t after = part_bytes_ + text.size() + 1;
  if (after > room_ || !file_->add(text)) return false;
  part_bytes_ = after;
  return true;
}

void Tape::remember(const record::MessageCame& message) {
  const auto size = [](const auto& m) { return m.first.size() + m.second.payload.size(); };
  if (const auto before = last_messages_.find(message.topic); before != last_messages_.end()) {
    last_messages_bytes_ -= size(*before);
    last_messages_.erase(before);
  }
  const std::size_t bytes = message.topic.size() + message.payload.size();
  const std::size_t most = std::min(most_bytes() / 8, kMaxLastMessagesBytes);
  if (last_messages_bytes_ + bytes > most || last_messages_.size() >= kMaxTopics) return;
  last_messages_[message.topic] = message;
  last_messages_bytes_ += bytes;
}

void Tape::add_last_messages() {
  for (const auto& [topic, message] : last_messages_) write(message);
}

std::optional<status::RecordingStatus> Tape::status(Instant now) const {
  if (!file_) return std::nullopt;
  const RecordFile::State state = file_->state();
  return status::RecordingStatus{
      .file = file_->path().string(),
      .age_s = std::chrono::duration<double>(now - began_).count(),
      .part_bytes = static_cast<std::int64_t>(state.bytes),
      .lost_lines = static_cast<std::int64_t>(state.lost_lines + all_missing_),
      .trouble = state.trouble};
}

}  // namespace dmb
