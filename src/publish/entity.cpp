// SPDX-License-Identifier: MIT
#include "entity.h"

#include <algorithm>
#include <array>

namespace dmb {
namespace {

struct ClassOfUnit {
  std::string_view unit;
  std::string_view device_class;
};
constexpr std::array kClasses{ClassOfUnit{"V", "voltage"},  ClassOfUnit{"A", "current"},
                              ClassOfUnit{"W", "power"},    ClassOfUnit{"°C", "temperature"},
                              ClassOfUnit{"kWh", "energy"}, ClassOfUnit{"s", "duration"}};

// Home Assistant takes no energy that may fall for one that was used.
static_assert(std::ranges::all_of(kQuantityRows, [](const QuantityRow& row) {
  return unit_of(row.text) != "kWh" || has(row.traits, Trait::rising);
}));

/// A percentage is many things; of one alone Home Assistant makes the battery's symbol.
std::string_view class_of(Quantity quantity, std::string_view unit) {
  if (quantity == q("/Soc")) return "battery";
  const auto* known = std::ranges::find(kClasses, unit, &ClassOfUnit::unit);
  return known == kClasses.end() ? std::string_view{} : known->device_class;
}

bool is_alarm(const ItemSpec& item) {
  return item.path.starts_with("/Alarms/");
}

bool is_on_or_off(const ItemSpec& item) {
  return item.kind == Kind::enumeration && (item.max == 1 || is_alarm(item));
}

/// The value in the message of the state, `otherwise` where it has none: "/Dc/0/Voltage" as
/// "value_json.get('Dc',{}).get('0',{}).get('Voltage')".
std::string expression_of(std::string_view path, std::string_view otherwise) {
  std::string text = "value_json";
  for (std::size_t begin = 1; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    text += ".get('";
    text += path.substr(begin, end - begin);
    text += end < path.size() ? "',{})" : "'";
    begin = end + 1;
  }
  text += otherwise;
  return text + ")";
}

Entity switch_like(const ItemSpec& item) {
  return {
      .platform = "binary_sensor",
      .device_class = is_alarm(item) ? "problem" : "",
      .value_template = "{{ {0:'OFF',1:'ON',2:'ON'}.get(" + expression_of(item.path, "") + ") }}"};
}

/// A number that is missing makes the template say None, which Home Assistant takes for unknown; of
/// a text not each release does. A text that is too long it does not take at all.
Entity plain(const ItemSpec& item) {
  const std::string_view cut = item.kind == Kind::text ? "[:255]" : "";
  return {.value_template =
              "{{ " + expression_of(item.path, ",'unknown'") + std::string(cut) + " }}"};
}

}  // namespace

Entity entity_of(Quantity quantity) {
  const ItemSpec& item = quantity.spec();
  if (is_on_or_off(item)) return switch_like(item);
  if (item.kind == Kind::text || item.kind == Kind::enumeration) return plain(item);
  const std::string_view unit = unit_of(item.text);
  Entity entity{.device_class = class_of(quantity, unit),
                .unit = unit,
                .state_class = has(item.traits, Trait::rising) ? "total_increasing" : "measurement",
                .value_template = "{{ " + expression_of(item.path, "") + " }}"};
  if (item.kind == Kind::count)
    entity.decimals = 0;
  else if (item.text.style == TextFormat::Style::rounded)
    entity.decimals = item.text.decimals;
  return entity;
}

}  // namespace dmb
