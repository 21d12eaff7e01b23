// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace dmb::bench {

/// `count` payloads made from the JSON text `seed`, plain or as {"value": "…"}, in each of which
/// the measurements differ visibly from the payload before. Of the full payload 35 items: 33 fields
/// and what the service itself derives (cell sum, update index). Dc.Power is `first_marker` +
/// position, so that a value on the bus tells which payload it is of.
std::vector<std::string> payload_series(const std::string& seed, int first_marker, int count);

/// What a payload says as publications with one value each: "<topic>/Dc/Voltage" → "52.7".
std::vector<std::pair<std::string, std::string>> values_on_topics(const std::string& topic,
                                                                  const std::string& payload);

}  // namespace dmb::bench
