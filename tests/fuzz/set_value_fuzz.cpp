// SPDX-License-Identifier: MIT
// The argument of a SetValue: any D-Bus value, in a variant or not, for every item.
#include "../support/broken_rule.h"
#include "../support/offline_bus.h"
#include "../support/value_rules.h"
#include "bus_writer.h"
#include "dbus/message.h"
#include "dmb/battery/quantity.h"
#include "dmb/codec/bus_value.h"
#include "dmb/codec/text.h"

#include <cmath>
#include <cstdint>

using namespace dmb;
using test::rule;

namespace {

/// A value that was converted is one that can be written again, and stays what it is.
void check_again(const OptValue& value, const ItemSpec& item) {
  BusValue same = std::monostate();
  if (value) {
    if (const auto* real = std::get_if<double>(&*value)) same = *real;
    if (const auto* integer = std::get_if<std::int32_t>(&*value)) same = std::int64_t{*integer};
    if (const auto* text = std::get_if<std::string>(&*value)) same = *text;
  }
  const auto again = convert(same, item);
  rule(again && *again == value, "written back it is another value");
}

void check_item(const std::optional<BusValue>& written, const std::optional<double>& number,
                const ItemSpec& given) {
  ItemSpec item = given;
  item.traits = Trait::none;  // signs are the publisher's
  const auto value = written ? convert(*written, item) : std::nullopt;
  if (!value) return;
  if (*value && item.kind == Kind::measure && number) {
    rule(std::get<double>(**value) == *number, "a number was changed");
  }
  test::check_value(*value, item);
  if (*value && item.kind == Kind::text) {
    const std::string& text = std::get<std::string>(**value);
    rule(is_bus_text(text) && characters_in(text) <= kMaxWrittenCharacters, "no text for the bus");
  }
  check_again(*value, item);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const test::OfflineBus bus;
  fuzz::InputBytes input(data, size);
  const auto message = bus.new_message();
  fuzz::BusWriter writer(message.get(), input);
  const bool bare = input.flag();
  const auto number = bare ? writer.value() : writer.variant();
  test::OfflineBus::seal(message);
  const auto written = message::read_value(message.get());
  rule(!number || written.has_value(), "a number was not read");
  for (const ItemSpec& item : quantity_specs()) check_item(written, number, item);
  return 0;
}
