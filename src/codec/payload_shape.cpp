// SPDX-License-Identifier: MIT
#include "payload_shape.h"

#include "dmb/battery/quantity.h"
#include "dmb/codec/field.h"
#include "json_scalar.h"

#include <algorithm>
#include <type_traits>
#include <variant>

namespace dmb {
namespace {

constexpr std::size_t kMaxBytes = 65536;  // memory is held for it as long as the battery is there
constexpr std::string_view kQuote = "\"";
constexpr std::string_view kQuoteInText = "\\\"";

void put(Reading& reading, Quantity id, const JsonScalar& scalar) {
  const ItemSpec& item = id.spec();
  std::visit(
      [&](const auto& value) {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, JsonNull>)
          reading.set(id, std::nullopt);
        else if constexpr (std::is_same_v<T, bool>)
          set_boolean(reading, id, item, value);
        else if constexpr (std::is_same_v<T, double>)
          set_number(reading, id, item, value);
        else
          set_string(reading, id, item, value);
      },
      scalar);
}

std::string with_escaped_quotes(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

auto escapes_in(std::string_view text) {
  return std::ranges::count(text, '\\');
}

bool is_key(std::string_view after) {
  const std::size_t next = after.find_first_not_of(" \t\r\n");
  return next != std::string_view::npos && after[next] == ':';
}

}  // namespace

void PayloadShape::learn(std::string_view payload, const ScalarNotes& notes) {
  forget();
  if (!notes.in_order || payload.size() > kMaxBytes) return;
  const bool wrapped = !notes.wrapped.empty();
  const std::string_view document = wrapped ? std::string_view(notes.wrapped) : payload;
  if (document.find('\\') != std::string_view::npos) return;
  std::size_t begin = 0;
  std::size_t size = payload.size();
  if (wrapped) {
    const std::string escaped = with_escaped_quotes(document);
    begin = payload.find(escaped);
    size = escaped.size();
    // No escape anywhere else: another text of the payload may say the same, or this one be spelled
    // in another way.
    if (begin == std::string_view::npos || escapes_in(escaped) != escapes_in(payload)) return;
  }
  quote_ = wrapped ? kQuoteInText : kQuote;
  if (!find_scalars(payload, begin, begin + size, notes)) return forget();
  last_.assign(payload);
}

bool PayloadShape::find_scalars(std::string_view payload, std::size_t begin, std::size_t end,
                                const ScalarNotes& notes) {
  const std::string_view document = payload.substr(0, end);
  for (std::size_t at = begin; at < end;) {
    const std::string_view rest = document.substr(at);
    const std::size_t size = json_scalar_size(rest, quote_);
    const bool key = rest.starts_with(quote_) && is_key(rest.substr(size));
    if (size > 0 && !key) {
      if (scalars_.size() == notes.items.size()) return false;
      scalars_.push_back({at, at + size, notes.items[scalars_.size()]});
    }
    at += size > 0 ? size : 1;
  }
  return scalars_.size() == notes.items.size();
}

bool PayloadShape::follow(std::string_view payload, Reading& reading) {
  if (scalars_.empty()) return false;
  if (!follow_scalars(payload, reading)) {
    forget();
    return false;
  }
  last_.assign(payload);
  return true;
}

bool PayloadShape::follow_scalars(std::string_view payload, Reading& reading) {
  const std::string_view last = last_;
  std::size_t last_at = 0;
  std::size_t at = 0;
  for (Scalar& scalar : scalars_) {
    const std::string_view between = last.substr(last_at, scalar.begin - last_at);
    if (payload.substr(at, between.size()) != between) return false;
    at += between.size();
    const std::string_view token = payload.substr(at, json_scalar_size(payload.substr(at), quote_));
    if (token != last.substr(scalar.begin, scalar.end - scalar.begin)) {
      const auto value = parse_json_scalar(token, quote_);
      if (!value) return false;
      if (scalar.item) put(reading, *scalar.item, *value);
    }
    last_at = scalar.end;
    scalar.begin = at;
    scalar.end = at += token.size();
  }
  return payload.substr(at) == last.substr(last_at);
}

}  // namespace dmb
