// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity.h"
#include "dmb/codec/payload.h"

#include <gtest/gtest.h>

#include <string>

namespace dmb {

inline const std::string kMinimum = R"("Soc":63,"Dc":{"Power":321.6,"Voltage":52.7})";

inline std::string with(const std::string& more) {
  return "{" + kMinimum + "," + more + "}";
}

class PayloadTest : public testing::Test {
 protected:
  DecodeResult decode(const std::string& text) { return decode_payload(text, reading_); }
  bool accepts(const std::string& text) { return std::holds_alternative<Accepted>(decode(text)); }
  OptValue value(const char* path) const {
    const Reading::Field* field = reading_.find(*find_quantity(path));
    return field != nullptr ? field->value : std::nullopt;
  }
  bool has_field(const char* path) const { return reading_.find(*find_quantity(path)) != nullptr; }
  std::string complaint() const {
    return reading_.complaints().empty() ? "" : reading_.complaints().front().what;
  }
  Reading reading_;
};

}  // namespace dmb
