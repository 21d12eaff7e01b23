// SPDX-License-Identifier: MIT
#include "dmb/codec/payload_decoder.h"

#include "dmb/domain/battery_items.h"
#include "payload_shape.h"
#include "payload_steps.h"

namespace dmb {

PayloadDecoder::PayloadDecoder()
    : reading_(battery_items().size()),
      notes_(std::make_unique<ScalarNotes>()),
      shape_(std::make_unique<PayloadShape>()) {}

PayloadDecoder::~PayloadDecoder() = default;

DecodeResult PayloadDecoder::decode(std::string_view payload) {
  const bool followed = shape_->follow(payload, reading_);
  DecodeResult result =
      followed ? accept_or_reject(reading_) : walk_payload(payload, reading_, notes_.get());
  const bool worth_it = std::holds_alternative<Accepted>(result) && reading_.complaints().empty();
  // A complaint is about one value; followed, it would outlive it.
  if (!worth_it)
    shape_->forget();
  else if (!followed)
    shape_->learn(payload, *notes_);
  return result;
}

}  // namespace dmb
