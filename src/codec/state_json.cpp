// SPDX-License-Identifier: MIT
#include "state_json.h"

#include "dmb/codec/text.h"

#include <algorithm>
#include <cmath>

namespace dmb::state_json {
namespace {

constexpr std::size_t kMaxText = 1000;

}  // namespace

std::string text_at(const Json& in, const char* key) {
  const auto found = in.find(key);
  if (found == in.end() || !found->is_string()) return "";
  const auto& text = found->get_ref<const std::string&>();
  return text.size() <= kMaxText && is_bus_text(text) ? text : "";
}

std::int64_t whole_at(const Json& in, const char* key, std::int64_t max) {
  const auto found = in.find(key);
  if (found == in.end() || !found->is_number_integer()) return 0;
  return std::clamp<std::int64_t>(found->get<std::int64_t>(), 0, max);
}

std::optional<double> number_at(const Json& in, const char* key, double max) {
  const auto found = in.find(key);
  if (found == in.end() || !found->is_number()) return std::nullopt;
  const auto number = found->get<double>();
  if (!std::isfinite(number) || number < 0 || number > max) return std::nullopt;
  return number;
}

bool is_true_at(const Json& in, const char* key) {
  const auto found = in.find(key);
  return found != in.end() && *found == true;
}

const Json* object_at(const Json& in, const char* key) {
  const auto found = in.find(key);
  return found != in.end() && found->is_object() ? &*found : nullptr;
}

}  // namespace dmb::state_json
