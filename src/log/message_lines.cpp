// SPDX-License-Identifier: MIT
#include "dmb/codec/text.h"
#include "log/telling.h"

namespace dmb {
namespace {

constexpr std::string_view kNoLife = "no life";

std::string times(unsigned count) {
  return count == 1 ? "" : " (" + std::to_string(count) + " times in the last hour)";
}

/// What counts as the same again: where the JSON breaks varies, and so do the keys that are there;
/// what else is wrong is one of a few sentences.
std::string_view cause_of(const note::MessageUnused& unused) {
  switch (unused.fault) {
    case MessageFault::not_json:
      return "not JSON";
    case MessageFault::too_little:
      return "too little";
    case MessageFault::oversized:
      return "oversized";
    case MessageFault::no_value:
      return kNoLife;
    default:
      return unused.what;
  }
}

}  // namespace

void Narrator::Telling::operator()(const note::MessageUnused& unused) const {
  if (unused.first) narrator.repeats_.forget(kNoLife);
  const auto count = narrator.repeats_.count(cause_of(unused), now, Repeats::Named::by_us);
  if (!count) return;
  if (unused.fault == MessageFault::no_value)
    spdlog::warn("{}: {}; shown as unknown{}", names.device, describe(unused), times(*count));
  else
    spdlog::warn("{}: {}{}; message ignored", names.device, describe(unused), times(*count));
}

void Narrator::Telling::operator()(const note::FieldUnusable& field) const {
  if (narrator.repeats_.count(field.path, now, Repeats::Named::by_us) == 1u)
    spdlog::warn("{}: {} {}; shown as unknown", names.device, field.path, field.what);
}

void Narrator::Telling::operator()(const note::KeyUnknown& unknown) const {
  spdlog::info("{}: the payload's key {} is not known and not used", names.device,
               printable(unknown.key));
}

void Narrator::Telling::operator()(const note::DoubtLasts& lasting) const {
  spdlog::warn("{}: {}. It is shown as it is told", names.device, text_of(lasting.doubt));
}

void Narrator::Telling::operator()(const note::OtherTopic& other) const {
  if (narrator.topics_.count(other.topic, now) != 1u) return;
  const std::string shown = printable(other.topic);
  spdlog::warn(
      "{}: topic {} brings another battery, which is not mixed with that of {}; for it, write a "
      "section [BATTERY name] with topic = {} and a device_instance",
      names.device, shown, printable(other.used), shown);
}

void Narrator::Telling::operator()(const note::TopicTakesOver& topic) const {
  say_of_life(spdlog::level::warn, "{}: topic {} takes over", names.device, printable(topic.topic));
}

void Narrator::Telling::operator()(const note::TopicChanged& changed) const {
  spdlog::warn("{}: reads topic {} from now on; what {} told is void", names.device,
               printable(changed.topic), printable(changed.before));
}

void Narrator::Telling::operator()(const note::TopicAskedFor& asked) const {
  if (narrator.repeats_.count("question", now, Repeats::Named::by_us))
    spdlog::info("{}: the Venus device is there, but {} was not heard: asking for it", names.device,
                 printable(asked.topic));
}

}  // namespace dmb
