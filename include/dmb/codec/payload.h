// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/reading.h"
#include "dmb/battery/required_items.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace dmb {

/// Why a payload was not used at all. Nothing changes then.
enum class RejectCause : std::uint8_t { not_json, too_deep, not_an_object, minimum_missing };

struct Rejected {
  RejectCause cause = RejectCause::not_json;
  std::string message;  ///< for people; what is wrong and what is expected
};

/// An empty payload or {"value":null}: the device behind the topic is gone.
struct DeviceGone {};

/// The Reading passed in was filled.
struct Accepted {};

using DecodeResult = std::variant<Accepted, DeviceGone, Rejected>;

/// Decodes one MQTT payload in any of the forms of docs/payload.md into `out`, which is cleared
/// first and holds nothing useful unless Accepted is returned. Pure; never throws on bad input.
///
/// The least: each of `required` is told, the voltage perhaps by power and current. One that is
/// told without a usable value, be it null, costs that field, not the message; whether such a
/// message is a sign of life is sufficiency_of()'s to say.
DecodeResult decode_payload(std::string_view payload, Reading& out,
                            const RequiredItems& required = default_required_items());

}  // namespace dmb
