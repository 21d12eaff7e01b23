// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/reading.h"
#include "dmb/codec/payload.h"

#include <memory>
#include <string_view>

namespace dmb {

/// Decodes the payloads of one topic, one after the other. What decode_payload() says of each, but
/// sooner: a publisher sends the same text again and again, with other numbers in it, and only
/// these are read then. The JSON parser reads whatever is new.
class PayloadDecoder {
 public:
  /// `required`: see decode_payload().
  explicit PayloadDecoder(RequiredItems required = default_required_items());
  ~PayloadDecoder();
  void require(RequiredItems required);

  /// See decode_payload(). What an accepted payload says is in reading() until the next call.
  DecodeResult decode(std::string_view payload);
  const Reading& reading() const { return reading_; }

 private:
  struct LastPayload;

  RequiredItems required_;
  Reading reading_;
  std::unique_ptr<LastPayload> last_;
};

}  // namespace dmb
