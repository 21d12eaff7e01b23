// SPDX-License-Identifier: MIT
#include "kept_state.h"

#include "dmb/codec/text.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>

namespace dmb {
namespace {

using state_json::Json;

constexpr std::size_t kMaxName = 300;
constexpr std::size_t kMaxText = 256;

std::optional<Value> decode_text(const std::string& text) {
  if (text.size() > kMaxText || !is_bus_text(text)) return std::nullopt;
  return Value(text);
}

std::optional<Value> decode_number(const Json& in) {
  const auto number = in.get<double>();
  if (!std::isfinite(number)) return std::nullopt;
  const bool is_whole =
      in.is_number_integer() && std::abs(number) <= std::numeric_limits<std::int32_t>::max();
  return is_whole ? Value(static_cast<std::int32_t>(number)) : Value(number);
}

std::optional<Value> decode_value(const Json& in) {
  if (in.is_string()) return decode_text(in.get_ref<const std::string&>());
  if (in.is_number()) return decode_number(in);
  return std::nullopt;
}

}  // namespace

Json encode_kept(const KeptValues& values) {
  Json out = Json::object();
  for (const auto& [name, kept] : values) {
    Json& entry = out[name];
    std::visit([&entry](const auto& value) { entry["value"] = value; }, kept.value);
    if (kept.stored) entry["stored"] = true;
  }
  return out;
}

KeptValues decode_kept(const Json& in) {
  KeptValues values;
  if (!in.is_object()) return values;
  for (const auto& [name, kept] : in.items()) {
    if (!kept.is_object() || name.size() > kMaxName || values.size() >= kMaxKeptValues) continue;
    const auto found = kept.find("value");
    const auto value = found == kept.end() ? std::nullopt : decode_value(*found);
    if (value) values[name] = {*value, state_json::is_true_at(kept, "stored")};
  }
  return values;
}

}  // namespace dmb
