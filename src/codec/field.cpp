// SPDX-License-Identifier: MIT
#include "dmb/codec/field.h"

#include "dmb/battery/fit.h"
#include "dmb/codec/number_text.h"
#include "dmb/codec/text.h"

#include <cmath>
#include <optional>

namespace dmb {
namespace {

constexpr std::size_t kMaxTextBytes = 512;
/// What takes yes and no is 0 or 1; an alarm goes up to 2, a warning being of no use as "yes".
constexpr double kMaxOfFlags = 2;

bool is_flag(const ItemSpec& item) {
  return item.kind == Kind::enumeration && item.max <= kMaxOfFlags;
}

}  // namespace

void set_number(Reading& out, Quantity id, const ItemSpec& item, double number) {
  if (item.kind == Kind::text && std::isfinite(number)) return out.set(id, shortest(number));
  const auto fitted = fit(number, item, {.slack = true});
  if (const auto* misfit = std::get_if<Misfit>(&fitted))
    return out.set_bad(id, complaint(*misfit, number, item));
  out.set(id, as_value(std::get<double>(fitted), item.kind));
}

void set_boolean(Reading& out, Quantity id, const ItemSpec& item, bool value) {
  if (is_flag(item)) return set_number(out, id, item, value ? item.max : 0);
  out.set_bad(id, std::string(value ? "true" : "false") + " is not a " +
                      (item.kind == Kind::text ? "text" : "number"));
}

void set_string(Reading& out, Quantity id, const ItemSpec& item, std::string_view text) {
  if (says_not_known(text)) return out.set(id, std::nullopt);
  if (item.kind == Kind::text) {
    if (text.size() > kMaxTextBytes) return out.set_bad(id, "is longer than 512 bytes");
    if (!is_bus_text(text)) return out.set_bad(id, "holds a character that D-Bus cannot carry");
    return out.set(id, std::string(text));
  }
  if (is_flag(item))
    if (const auto flag = parse_flag(text)) return set_boolean(out, id, item, *flag);
  const std::optional<double> number = parse_quantity(text, unit_of(item.text));
  if (!number) return out.set_bad(id, '"' + printable(text, 40) + "\" is not a number");
  if (std::isnan(*number)) return out.set(id, std::nullopt);
  set_number(out, id, item, *number);
}

}  // namespace dmb
