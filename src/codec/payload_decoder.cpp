// SPDX-License-Identifier: MIT
#include "dmb/codec/payload_decoder.h"

#include "dmb/battery/quantity.h"
#include "payload_shape.h"
#include "payload_steps.h"

#include <utility>

namespace dmb {

struct PayloadDecoder::LastPayload {
  ScalarNotes notes;
  PayloadShape shape;
};

PayloadDecoder::PayloadDecoder(RequiredItems required)
    : required_(std::move(required)), last_(std::make_unique<LastPayload>()) {}

PayloadDecoder::~PayloadDecoder() = default;

void PayloadDecoder::require(RequiredItems required) {
  required_ = std::move(required);
  last_ = std::make_unique<LastPayload>();
}

DecodeResult PayloadDecoder::decode(std::string_view payload) {
  const bool followed = last_->shape.follow(payload, reading_);
  DecodeResult result = followed ? accept_or_reject(reading_, required_)
                                 : walk_payload(payload, reading_, required_, &last_->notes);
  const bool worth_it = std::holds_alternative<Accepted>(result) && reading_.complaints().empty();
  // A complaint is about one value; followed, it would outlive it.
  if (!worth_it)
    last_->shape.forget();
  else if (!followed)
    last_->shape.learn(payload, last_->notes);
  return result;
}

}  // namespace dmb
