// SPDX-License-Identifier: MIT
#include "dmb/device/message_event.h"

namespace dmb {
namespace {

MessageFault fault_of(RejectCause cause) {
  switch (cause) {
    case RejectCause::not_json:
      return MessageFault::not_json;
    case RejectCause::too_deep:
      return MessageFault::too_deep;
    case RejectCause::not_an_object:
      return MessageFault::not_an_object;
    case RejectCause::minimum_missing:
      break;
  }
  return MessageFault::too_little;
}

}  // namespace

Event event_of(std::string_view topic, bool retained, const DecodeResult& decoded,
               const Reading& reading) {
  if (const auto* rejected = std::get_if<Rejected>(&decoded))
    return event::Rejected{topic, retained, fault_of(rejected->cause), rejected->message};
  if (std::holds_alternative<DeviceGone>(decoded)) return event::Gone{topic, retained};
  return event::Message{topic, retained, reading};
}

}  // namespace dmb
