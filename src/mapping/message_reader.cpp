// SPDX-License-Identifier: MIT
#include "message_reader.h"

#include <algorithm>

namespace dmb {

MessageReader::Opened MessageReader::open(const MapPlan& plan, const MappedMessage& message) {
  Opened opened;
  plan.match(message.topic, matches_);
  std::erase_if(matches_, [&](const Match& match) { return !is_ours(match, message, opened); });
  opened.other = opened.other && matches_.empty();
  if (!needs_json(plan, message)) return opened;
  opened.fault = document_.parse(message.payload);
  if (opened.fault) matches_.clear();
  return opened;
}

/// Not of another battery behind a "+".
bool MessageReader::is_ours(const Match& match, const MappedMessage& message, Opened& opened) {
  if (match.any.data() == nullptr) return true;
  const std::string_view beginning =
      message.topic.substr(0, static_cast<std::size_t>(match.any.data() - message.topic.data()));
  const auto bound = bindings_.text_behind(beginning);
  const std::string before(bound.value_or(match.any));
  switch (bindings_.judge(beginning, match.any, message.retained, message.now)) {
    case Bindings::Verdict::takes_over:
      opened.taken_over = std::string(beginning) + before;
      return true;
    case Bindings::Verdict::ours:
      return true;
    case Bindings::Verdict::other:
      opened.other = bindings_.note_other(beginning, match.any) || opened.other;
      return false;
  }
  return false;
}

bool MessageReader::needs_json(const MapPlan& plan, const MappedMessage& message) const {
  return message.bare.kind != RawValue::Kind::unknown &&
         std::ranges::any_of(matches_, [&plan](const Match& match) {
           return plan.source(match.source).map->pointer.has_value();
         });
}

}  // namespace dmb
