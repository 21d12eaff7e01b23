// SPDX-License-Identifier: MIT
#include "value_rules.h"

#include "broken_rule.h"
#include "dmb/battery/quantity.h"
#include "dmb/codec/text.h"

#include <cmath>

namespace dmb::test {

void check_value(const OptValue& value, const ItemSpec& item) {
  if (!value) return;
  const auto fault = [&](const char* what) {
    return std::string(item.path) + " is " + what + ": " + format_text(value, item.text);
  };
  if (const auto* text = std::get_if<std::string>(&*value)) {
    rule_with(item.kind == Kind::text, [&] { return fault("text"); });
    rule_with(text->find('\0') == std::string::npos, [&] { return fault("with NUL"); });
    return;
  }
  const auto* real = std::get_if<double>(&*value);
  rule_with((real != nullptr) == (item.kind == Kind::measure) && item.kind != Kind::text,
            [&] { return fault("of the wrong type"); });
  const double number = real != nullptr ? *real : std::get<std::int32_t>(*value);
  rule_with(std::isfinite(number), [&] { return fault("not finite"); });
  rule_with(number >= item.min && number <= item.max, [&] { return fault("out of range"); });
  rule_with(number != 0 || !std::signbit(number), [&] { return fault("a negative zero"); });
  rule_with(!has(item.traits, Trait::non_positive) || number <= 0,
            [&] { return fault("positive"); });
}

void check_values(const ItemValues& values, std::span<const ItemSpec> items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    const ItemValues::Slot& slot = values[Quantity::at(i)];
    check_value(slot.value, items[i]);
    rule(slot.exists || !slot.value, "a value without an item");
  }
}

void check_reading(const Reading& reading) {
  for (const Reading::Field& field : reading.fields()) {
    const ItemSpec& item = field.id.spec();
    rule(has(item.traits, Trait::payload), "a payload set " + std::string(item.path));
    rule(!field.bad || !field.value, "a bad field has a value");
    rule(reading.find(field.id) == &field, "an item stands twice in a reading");
    check_value(field.value, item);
    const auto* text = field.value ? std::get_if<std::string>(&*field.value) : nullptr;
    rule(text == nullptr || (is_bus_text(*text) && !text->empty() && text->size() <= 512),
         "a text that D-Bus cannot carry");
  }
  for (const Reading::Complaint& complaint : reading.complaints())
    rule(!complaint.what.empty() && is_bus_text(complaint.what), "a complaint that cannot be said");
}

}  // namespace dmb::test
