// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/quantity.h"
#include "dmb/battery/reading.h"
#include "dmb/mapping/map.h"
#include "json_document.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dmb {

/// What a source of a map brought, before it is known what the item wants: a bare payload, or a
/// value of a JSON document.
struct RawValue {
  enum class Kind : std::uint8_t { unknown, boolean, number, text, object, list };
  Kind kind = Kind::unknown;
  double number = 0;           ///< of a boolean 1 or 0
  std::string_view text = {};  ///< without blanks around it
};

/// Blanks around a bare payload, and quotation marks around all of it, say nothing.
RawValue raw_of_payload(std::string_view payload);
RawValue raw_of_json(const JsonDocument& document, std::size_t at);

/// As it was written, or near enough, for comparisons with words.
std::string text_of(const RawValue& raw);

/// Whether the publisher says with it that it has no value: null, "", nan, unavailable.
bool says_nothing(const RawValue& raw);

/// Puts `raw`, by the source's words, bit, factor and offset, into `out` as a value of `id`.
/// `number` is that of a numbered line. False when the source says nothing about this number.
bool read_value(const RawValue& raw, const MapSource& source, std::optional<int> number,
                Quantity id, Reading& out);

/// How many numbered bits, from 1, `raw` has set: the number of the highest.
int highest_set_bit(const RawValue& raw, const MapSource& source);

/// Whether an `alive` source says yes: with words or a bit, what they stand for is not 0; with a
/// number to be below, it is a number and below.
bool says_alive(const RawValue& raw, const MapSource& source);

}  // namespace dmb
