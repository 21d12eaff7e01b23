// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>

// What of the state file is in range. Anybody may have edited it: no key is sure to be there, nor
// to be what it should.
namespace dmb::state_json {

using Json = nlohmann::json;

/// Empty: no text, or one that cannot be on the bus.
std::string text_at(const Json& in, const char* key);
/// 0: no whole number; else within 0 … max.
std::int64_t whole_at(const Json& in, const char* key, std::int64_t max);
/// nullopt: no number, or not within 0 … max.
std::optional<double> number_at(const Json& in, const char* key, double max);
bool is_true_at(const Json& in, const char* key);
/// nullptr: no object.
const Json* object_at(const Json& in, const char* key);

}  // namespace dmb::state_json
