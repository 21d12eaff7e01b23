// SPDX-License-Identifier: MIT
#include "dmb/config/parse_value.h"

#include "dmb/battery/letter_case.h"
#include "dmb/battery/quantity.h"
#include "dmb/codec/text.h"
#include "dmb/codec/topic.h"
#include "dmb/config/text_rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

namespace dmb {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTrue{"1"sv, "true"sv, "yes"sv, "on"sv};
constexpr std::array kFalse{"0"sv, "false"sv, "no"sv, "off"sv};

std::optional<std::size_t> index_in(std::span<const std::string_view> words,
                                    std::string_view text) {
  const std::string lower = to_lower(text);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (to_lower(words[i]) == lower) return i;
  }
  return std::nullopt;
}

template <class Number, class... Base>
std::optional<Number> read_number(std::string_view text, Base... base) {
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, number, base...);
  if (fault != std::errc{} || stop != end) return std::nullopt;
  return number;
}

std::string number_text(double number) {
  std::array<char, 32> buffer{};
  const auto written =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed);
  return {buffer.data(), written.ptr};
}

std::string with_unit(double number, std::string_view unit) {
  return number_text(number) + (unit.empty() ? "" : " ") + std::string(unit);
}

std::string range_text(const KnownKey& key, const std::string& what) {
  return "must be " + what + " from " + number_text(key.min) + " to " +
         with_unit(key.max, key.unit);
}

/// A decimal comma is worth its own words: the rest of the number looks right to its owner.
std::string decimal_hint(std::string_view text) {
  return text.find(',') != std::string_view::npos ? " (write the decimal sign as a point)" : "";
}

/// What is possible and still no battery's: a value in another unit, a digit too many.
void doubt(const KnownKey& key, double number, ValueReport& report) {
  if (key.likely_min == key.likely_max) return;
  if (number >= key.likely_min && number <= key.likely_max) return;
  report.warning(with_unit(number, key.unit) + " can hardly be meant: usual is " +
                 number_text(key.likely_min) + " to " + with_unit(key.likely_max, key.unit));
}

KeyValue parse_whole(const KnownKey& key, std::string_view text, ValueReport& report) {
  if (index_in(key.words, text)) return {};
  const auto number = read_number<long long>(text);
  if (number && static_cast<double>(*number) >= key.min &&
      static_cast<double>(*number) <= key.max) {
    doubt(key, static_cast<double>(*number), report);
    return static_cast<int>(*number);
  }
  std::string must = range_text(key, "a whole number");
  if (!key.words.empty()) must += ", or \"" + std::string(key.words.front()) + "\"";
  report.wrong(must, text);
  return {};
}

/// systemcalc treats these with quirks of their makers: some ids turn a charge current limit of 0
/// into one of 40 A.
bool is_id_with_quirks(int id) {
  return id >= 0xB000 && id <= 0xB0FF;
}

KeyValue parse_product_id(const KnownKey& key, std::string_view text, ValueReport& report) {
  std::optional<int> id;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    id = read_number<int>(text.substr(2), 16);
  } else {
    id = read_number<int>(text);
  }
  if (!id || *id < key.min || *id > key.max) {
    report.wrong("must be a number from 0 to 65535, or from 0x0 to 0xFFFF", text);
    return {};
  }
  if (is_id_with_quirks(*id)) {
    report.wrong(
        "must not be the id of a real BMS (0xB000 to 0xB0FF): the GX device changes the limits "
        "of some of these, even a stop of charging",
        text);
    return {};
  }
  return *id;
}

/// "/Dc/0/Voltage" and "dc.0.voltage" as the table's key "dc/0/voltage".
std::string item_key(std::string_view text) {
  if (text.starts_with('/')) text.remove_prefix(1);
  std::string key = to_lower(text);
  std::replace(key.begin(), key.end(), '.', '/');
  return key;
}

KeyValue parse_items(const CleanValue& value, ValueReport& report) {
  std::vector<std::string> keys;
  for (const std::string& item : value.items) {
    keys.push_back(item_key(item));
    if (find_payload_quantity(keys.back())) continue;
    report.wrong("must be a list of values as the README names them, e.g. Soc, Dc/0/Voltage", item);
    return {};
  }
  return keys;
}

KeyValue parse_decimal(const KnownKey& key, std::string_view text, ValueReport& report) {
  const auto number = read_number<double>(text);
  if (number && std::isfinite(*number) && *number >= key.min && *number <= key.max) {
    doubt(key, *number, report);
    return *number;
  }
  report.wrong(range_text(key, "a number") + decimal_hint(text), text);
  return {};
}

KeyValue parse_limit(const KnownKey& key, std::string_view text, ValueReport& report) {
  if (index_in(key.words, text)) return {};
  const auto number = read_number<double>(text);
  if (number && *number == 0) {
    const std::string effect = key.unit == "A" ? ", so nothing is limited" : "";
    report.warning("0 means that it is not set" + effect +
                   "; leave it empty to say so, or give a number");
    return {};
  }
  if (number && std::isfinite(*number) && *number > 0 && *number <= key.max) {
    doubt(key, *number, report);
    return *number;
  }
  std::string must =
      "must be a number above 0, up to " + with_unit(key.max, key.unit) + ", or empty";
  if (!key.words.empty()) must += " or \"" + std::string(key.words.front()) + "\"";
  report.wrong(must + decimal_hint(text), text);
  return {};
}

KeyValue parse_boolean(std::string_view text, ValueReport& report) {
  if (index_in(kTrue, text)) return true;
  if (index_in(kFalse, text)) return false;
  report.wrong("must be 1 or 0 (or true/false, yes/no, on/off)", text);
  return {};
}

KeyValue parse_choice(const KnownKey& key, std::string_view text, ValueReport& report) {
  if (const auto index = index_in(key.words, text)) return static_cast<int>(*index);
  std::string must = "must be ";
  for (std::size_t i = 0; i < key.words.size(); ++i) {
    if (i > 0) must += i + 1 < key.words.size() ? ", " : " or ";
    must += key.words[i];
  }
  report.wrong(must, text);
  return {};
}

KeyValue parse_sources(std::string_view text, ValueReport& report) {
  constexpr std::array kWords{"auto"sv, "mqtt"sv, "smartshunts"sv};
  constexpr std::array kBits{0, kSourceMqtt, kSourceShunts};
  int chosen = 0;
  std::size_t words = 0;
  bool fine = true;
  bool automatic = false;
  for (std::string_view rest = text; fine && !rest.empty();) {
    const std::size_t start = rest.find_first_not_of(", \t");
    if (start == std::string_view::npos) break;
    const std::size_t end = std::min(rest.find_first_of(", \t", start), rest.size());
    const auto index = index_in(kWords, rest.substr(start, end - start));
    fine = index.has_value();
    automatic = automatic || index == 0U;
    if (index) chosen |= kBits.at(*index);
    ++words;
    rest.remove_prefix(end);
  }
  if (fine && words > 0 && !(automatic && words > 1)) return chosen;
  report.wrong("must be auto, mqtt, smartshunts, or \"mqtt, smartshunts\"", text);
  return {};
}

KeyValue parse_topic(std::string text, ValueReport& report) {
  if (text.starts_with("/N/")) {
    text.erase(0, 1);
    report.info("the leading \"/\" is dropped: topics of a Venus device start with \"N/\"");
  }
  if (const auto fault = topic_filter_fault(text)) {
    report.wrong(*fault, text);
    return {};
  }
  if (text.starts_with("N/") && !venus_topic_of(text)) {
    report.warning(
        "without the portal id of the Venus device (N/<portal id>/...) it cannot be asked to keep "
        "sending, and it stops after a minute; write the id instead of the wildcard");
  }
  return text;
}

KeyValue parse_address(std::string text, ValueReport& report) {
  if (const auto fault = broker_address_fault(text)) {
    // It may be a URL with a password inside, so it is not shown.
    if (text.find('@') != std::string::npos) {
      report.fault(*fault);
    } else {
      report.wrong(*fault, text);
    }
    return {};
  }
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
  }
  return text;
}

KeyValue parse_checked(std::string text, const std::optional<std::string>& fault,
                       ValueReport& report) {
  if (!fault) return text;
  report.wrong(*fault, text);
  return {};
}

KeyValue parse_path(std::string text, ValueReport& report) {
  if (!text.starts_with('/')) {
    report.warning("should be the full path of the file, from \"/\" on");
  }
  return text;
}

KeyValue parse_password(const CleanValue& value, ValueReport& report) {
  if (value.unquoted) {
    report.info(
        "the quotes around it are not part of the password; if they are, write them twice: "
        "\"\"...\"\"");
  }
  if (value.text.find("%%") != std::string::npos) {
    report.info(
        "it is taken as written; if \"%%\" was meant as one \"%\" (the Python driver needed it "
        "doubled), write \"%\"");
  }
  return value.text;
}

/// "Pack1:280": what stands before and behind the last colon.
bool is_pair(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  return colon != std::string_view::npos && !trim(text.substr(0, colon)).empty() &&
         !trim(text.substr(colon + 1)).empty();
}

KeyValue parse_pairs(const CleanValue& value, ValueReport& report) {
  for (const std::string& item : value.items) {
    if (is_pair(item) && !device_name_fault(item)) continue;
    report.wrong(
        "must be a battery and its shunt with a colon between them, e.g. Pack1:280, Pack2:281",
        item);
    return {};
  }
  return value.items;
}

KeyValue parse_member_loss(const KnownKey& key, std::string_view text, ValueReport& report) {
  constexpr std::string_view kKeep = "keep";
  const std::string word = to_lower(text);
  if (word == "shrink" || word == "stop") return word;
  if (word.starts_with(kKeep)) {
    const std::string seconds(trim(std::string_view(word).substr(kKeep.size())));
    const auto number = read_number<int>(seconds);
    if (number && *number > 0 && *number <= key.max) return std::to_string(*number);
  }
  report.wrong(
      "must be shrink, stop, or keep with a number of seconds, e.g. keep 600 (as if the lost "
      "battery were there for so long)",
      text);
  return {};
}

KeyValue parse_list(const CleanValue& value, ValueReport& report) {
  std::vector<std::string> items;
  for (const std::string& item : value.items) {
    if (const auto fault = device_name_fault(item)) {
      report.warning("\"" + printable(item) + "\" is left out: each entry " + *fault);
    } else {
      items.push_back(item);
    }
  }
  return items;
}

}  // namespace

void ValueReport::wrong(const std::string& must, std::string_view text) {
  fault(must + ", not \"" + printable(text) + "\"");
}

ValueSyntax syntax_of(const KnownKey& key) {
  if (key.kind == ValueKind::list || key.kind == ValueKind::items || key.kind == ValueKind::pairs)
    return ValueSyntax::list;
  if (key.kind == ValueKind::name) return ValueSyntax::name;
  const bool secret = key.kind == ValueKind::user_name || key.kind == ValueKind::password;
  return secret ? ValueSyntax::secret : ValueSyntax::plain;
}

KeyValue parse_value(const KnownKey& key, const CleanValue& value, ValueReport& report) {
  const bool may_have_lines = key.kind == ValueKind::ignored || key.kind == ValueKind::charge;
  if (!may_have_lines && value.text.find('\n') != std::string::npos) {
    report.fault("must stand on one line; the indented line below is read as part of it");
    return {};
  }
  const std::string& text = value.text;
  switch (key.kind) {
    case ValueKind::whole:
      return parse_whole(key, text, report);
    case ValueKind::decimal:
      return parse_decimal(key, text, report);
    case ValueKind::limit:
      return parse_limit(key, text, report);
    case ValueKind::boolean:
      return parse_boolean(text, report);
    case ValueKind::choice:
      return parse_choice(key, text, report);
    case ValueKind::sources:
      return parse_sources(text, report);
    case ValueKind::name:
      return parse_checked(text, device_name_fault(text), report);
    case ValueKind::service_name:
      return parse_checked(text, service_name_fault(text), report);
    case ValueKind::preset:
      return parse_checked(text, preset_name_fault(text), report);
    case ValueKind::address:
      return parse_address(text, report);
    case ValueKind::topic:
      return parse_topic(text, report);
    case ValueKind::topic_prefix:
      return parse_checked(text, topic_prefix_fault(text), report);
    case ValueKind::path:
      return parse_path(text, report);
    case ValueKind::user_name:
      return parse_checked(text, device_name_fault(text), report);
    case ValueKind::password:
      return parse_password(value, report);
    case ValueKind::list:
      return parse_list(value, report);
    case ValueKind::items:
      return parse_items(value, report);
    case ValueKind::pairs:
      return parse_pairs(value, report);
    case ValueKind::member_loss:
      return parse_member_loss(key, text, report);
    case ValueKind::product_id:
      return parse_product_id(key, text, report);
    case ValueKind::charge:
      return text;
    case ValueKind::ignored:
      report.info("is accepted and has no effect: devices are found without searching");
      return {};
  }
  return {};
}

}  // namespace dmb
