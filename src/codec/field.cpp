// SPDX-License-Identifier: MIT
#include "dmb/codec/field.h"

#include "dmb/codec/text.h"
#include "number_text.h"

#include <cmath>
#include <optional>

namespace dmb {
namespace {

constexpr std::size_t kMaxTextBytes = 512;

Value typed(Kind kind, double number) {
  if (kind == Kind::measure) return number;
  return static_cast<std::int32_t>(number);
}

}  // namespace

void set_number(Reading& out, ItemId id, const ItemSpec& item, double number) {
  if (!std::isfinite(number)) return out.set_bad(id, "is not a finite number");
  if (item.kind == Kind::text) return out.set(id, shortest(number));
  if (item.kind == Kind::enumeration && number != std::trunc(number))
    return out.set_bad(id, shortest(number) + " is not a whole number");
  if (item.kind == Kind::count) number = std::round(number);
  if (number < item.min || number > item.max)
    return out.set_bad(
        id, shortest(number) + " is outside " + shortest(item.min) + " … " + shortest(item.max));
  if (has(item.traits, Trait::non_positive)) number = -std::fabs(number);
  if (number == 0) number = 0;  // no negative zero on the bus
  out.set(id, typed(item.kind, number));
}

void set_boolean(Reading& out, ItemId id, const ItemSpec& item, bool value) {
  if (item.kind == Kind::enumeration) return set_number(out, id, item, value ? 1 : 0);
  out.set_bad(id, std::string(value ? "true" : "false") + " is not a " +
                      (item.kind == Kind::text ? "text" : "number"));
}

void set_string(Reading& out, ItemId id, const ItemSpec& item, std::string_view text) {
  if (text.empty()) return out.set(id, std::nullopt);
  if (item.kind == Kind::text) {
    if (text.size() > kMaxTextBytes) return out.set_bad(id, "is longer than 512 bytes");
    if (!is_bus_text(text)) return out.set_bad(id, "holds a character that D-Bus cannot carry");
    return out.set(id, std::string(text));
  }
  const std::optional<double> number = parse_number(text);
  if (!number) return out.set_bad(id, '"' + printable(text, 40) + "\" is not a number");
  set_number(out, id, item, *number);
}

}  // namespace dmb
