// SPDX-License-Identifier: MIT
// What the settings service answers to AddSettings, and its signals.
#include "../support/broken_rule.h"
#include "../support/offline_bus.h"
#include "bus_writer.h"
#include "dmb/codec/text.h"
#include "sinks/bus/settings_wire.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

using namespace dmb;
using test::rule;

namespace {

void write_pairs(fuzz::BusWriter& writer, fuzz::InputBytes& input, const settings::Paths& paths) {
  constexpr std::array kKeys{"path", "error", "value", "Value", "Text"};
  writer.open('a', "{sv}");
  for (std::size_t count = input.below(6); count > 0; --count) {
    writer.open('e', "sv");
    const std::size_t key = input.below(kKeys.size() + 1);
    writer.text(key < kKeys.size() ? kKeys[key] : input.text(10));
    if (input.flag()) {
      writer.variant();
    } else {
      writer.open('v', "s");
      const std::array texts{paths.instance, paths.custom_name, settings::path_of(paths, "Stop"),
                             "battery:" + std::to_string(input.integer<std::int32_t>()),
                             "battery:" + input.text(12)};
      writer.text(texts[input.below(texts.size())]);
      writer.close();
    }
    writer.close();
  }
  writer.close();
}

void check_answer(const test::OfflineBus& bus, fuzz::InputBytes& input) {
  const settings::Paths paths = settings::paths_of("mqtt_battery");
  const auto message = bus.new_message();
  fuzz::BusWriter writer(message.get(), input);
  writer.open('a', "a{sv}");
  for (std::size_t count = input.below(6); count > 0; --count) write_pairs(writer, input, paths);
  writer.close();
  test::OfflineBus::seal(message);
  KeptSettings kept;
  kept.offer({{.name = "Stop", .initial = 0, .min = 0, .max = 1}});
  const settings::Stored stored = settings::read_answer(
      message.get(), paths,
      [&](std::string_view name, const auto& value) { kept.take_answer(name, value); });
  const auto stop = std::get<std::int32_t>(*kept.find("Stop"));
  rule(stop == 0 || stop == 1, "a kept setting out of its range");
  rule(!stored.instance || *stored.instance >= 0, "a negative instance");
  rule(!stored.custom_name || is_bus_text(*stored.custom_name), "a name that is no text");
}

void check_signal(const test::OfflineBus& bus, fuzz::InputBytes& input) {
  const auto message = bus.new_message();
  fuzz::BusWriter writer(message.get(), input);
  if (input.flag())
    write_pairs(writer, input, settings::paths_of("x"));
  else
    writer.value();
  test::OfflineBus::seal(message);
  const auto value = settings::read_changed_value(message.get());
  const auto instance = settings::parse_instance(value);
  rule(!instance || *instance >= 0, "a negative instance");
  const auto name = settings::parse_custom_name(value);
  rule(!name || is_bus_text(*name), "a name that is no text");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const test::OfflineBus bus;
  fuzz::InputBytes input(data, size);
  if (input.flag())
    check_answer(bus, input);
  else
    check_signal(bus, input);
  return 0;
}
