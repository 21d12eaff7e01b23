// SPDX-License-Identifier: MIT
// What a broker may send to one battery, over time. The input is a list of records, divided by the
// byte 1E. A record is a payload, or an operation in front of one: L (live), R (retained) or O (of
// another battery behind the wildcards) with how much time passes before it, H (heartbeat), U (a
// new connection) or T (only time) with the same. C sets the rules.
#include "../support/battery_watch.h"
#include "../support/broken_rule.h"
#include "../support/value_rules.h"
#include "dmb/battery/quantity.h"
#include "dmb/codec/payload.h"
#include "dmb/codec/payload_decoder.h"
#include "dmb/device/change.h"
#include "dmb/device/message_event.h"
#include "dmb/publish/state_message.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

using namespace dmb;
using namespace std::chrono_literals;
using test::rule;

namespace {

constexpr std::size_t kMaxRecords = 24;

struct Record {
  char what = 'L';
  std::chrono::milliseconds pause = 1s;
  std::string_view payload;
};

Record read_record(std::string_view text) {
  constexpr std::array<std::chrono::milliseconds, 10> kPauses{0ms,    1ms, 100ms, 1s,  5s,
                                                              9999ms, 10s, 59s,   60s, 1h};
  if (text.size() < 2 || std::string_view("LRHUTCO").find(text[0]) == std::string_view::npos)
    return {.payload = text};
  const auto digit = static_cast<unsigned char>(text[1] - '0');
  return {text[0], kPauses[digit % kPauses.size()], text.substr(2)};
}

BatteryDeviceRules read_rules(char digit) {
  constexpr std::array<std::chrono::seconds, 5> kTimeouts{60s, 0s, 1s, 30s, 600s};
  const auto choice = static_cast<unsigned char>(digit - '0');
  BatteryDeviceRules rules{.battery = {}, .topic = "battery/1"};
  rules.battery.timeout = kTimeouts[choice % kTimeouts.size()];
  rules.battery.stop_discharge_on_timeout = (choice / kTimeouts.size()) % 2 == 1;
  if ((choice / kTimeouts.size()) % 4 >= 2) rules.topic = "battery/+";
  return rules;
}

bool same(const Reading& a, const Reading& b) {
  return std::ranges::equal(a.fields(), b.fields(), [](const auto& x, const auto& y) {
    return x.id == y.id && x.value == y.value && x.bad == y.bad;
  });
}

bool same_words(const Reading& a, const Reading& b) {
  return std::ranges::equal(a.unknown_keys(), b.unknown_keys()) &&
         std::ranges::equal(a.complaints(), b.complaints(), [](const auto& x, const auto& y) {
           return x.id == y.id && x.what == y.what;
         });
}

bool same(const DecodeResult& a, const DecodeResult& b) {
  const auto* rejected = std::get_if<Rejected>(&a);
  const auto* other = std::get_if<Rejected>(&b);
  if (rejected == nullptr || other == nullptr) return a.index() == b.index();
  return rejected->cause == other->cause && rejected->message == other->message;
}

std::string as_json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += "0123456789abcdef"[static_cast<unsigned char>(c) / 16];
      out += "0123456789abcdef"[static_cast<unsigned char>(c) % 16];
    } else {
      out += c;
    }
  }
  return out + '"';
}

/// The forms of a payload are the same data, and a reading that was used before is as good as a new
/// one.
void check_forms(std::string_view payload, const Reading& plain) {
  std::string folded(payload);
  for (char& c : folded) c = static_cast<char>(c | 0x20);
  const bool may_be_wrapped = folded.find("value") != std::string::npos ||
                              payload.find('\\') != std::string_view::npos ||
                              payload.starts_with("\xEF") ||
                              // The parser ends at the NUL that some C programs send along.
                              payload.find('\0') != std::string_view::npos;
  if (may_be_wrapped) return;
  Reading other;
  for (const std::string& form : {std::string(payload), "{\"value\":" + as_json_text(payload) + "}",
                                  "{\"Value\":" + std::string(payload) + ",\"text\":1}"}) {
    const DecodeResult result = decode_payload(form, other);
    if (const auto* rejected = std::get_if<Rejected>(&result)) {
      rule(rejected->cause == RejectCause::too_deep, "another form of the payload is rejected");
      continue;
    }
    rule(std::holds_alternative<Accepted>(result) && same(plain, other),
         "another form of the payload says something else");
  }
}

/// What is published of a battery is the same to whoever reads it with our decoder.
void check_published(const ItemValues& values) {
  Reading read;
  const DecodeResult result =
      decode_payload(state_message(values, "{\"life\":\"live\"}"), read, {});
  rule(std::holds_alternative<Accepted>(result), "what is published cannot be read");
  rule(read.unknown_keys().empty(), "what is published has keys that nobody knows");
  for (const Quantity id : values.existing()) {
    if (!has(id.spec().traits, Trait::payload)) continue;
    const OptValue published = as_published(values[id].value, id.spec());
    const Reading::Field* field = read.find(id);
    rule((field != nullptr) == published.has_value(), "what is published is not all that is known");
    // Of a capacity of less than what the bus can tell no reading is made.
    rule(field == nullptr || field->bad || field->value == published,
         "what is published reads as something else");
    rule(field == nullptr || !field->bad || id == q("/InstalledCapacity"),
         "what is published is no reading");
  }
}

/// One battery and everything that happens to it.
class Battery {
 public:
  explicit Battery(const BatteryDeviceRules& rules)
      : rules_(rules), device_(rules), watch_(rules) {}

  void take(const Record& record) {
    now_ += record.pause;
    if (record.what == 'H')
      watch_.handle(device_, event::Heartbeat{}, now_);
    else if (record.what == 'U')
      watch_.handle(device_, event::Connected{}, now_);
    else if (record.what != 'T')
      take_payload(record);
    watch_.look(device_, now_);
    check_published(device_.values());
  }

  /// Nothing comes any more: the battery has to end, and to say when.
  void fall_silent() {
    const bool must_end =
        watch_.phase() == Life::Phase::holding ||
        (watch_.phase() == Life::Phase::live && rules_.battery.timeout.count() > 0);
    for (int i = 0; i < 256; ++i) {
      const auto next = device_.next_change(now_);
      if (watch_.is_shown()) test::check_announced(device_, now_);
      if (!next) break;
      now_ = *next;
      watch_.look(device_, now_);
    }
    rule(!must_end || watch_.phase() == Life::Phase::gone, "a silent battery does not end");
  }

 private:
  void take_payload(const Record& record) {
    const DecodeResult result = decoder_.decode(record.payload);
    rule(same(result, decode_payload(record.payload, fresh_)),
         "a payload is taken for another because of those before it");
    if (const auto* rejected = std::get_if<Rejected>(&result))
      rule(!rejected->message.empty(), "rejected without a word");
    if (std::holds_alternative<Accepted>(result)) {
      rule(same(decoder_.reading(), fresh_) && same_words(decoder_.reading(), fresh_),
           "a payload says something else because of those before it");
      test::check_reading(fresh_);
      check_forms(record.payload, fresh_);
    }
    hand_over(event_of(record.what == 'O' ? "battery/2" : "battery/1", record.what == 'R', result,
                       decoder_.reading()));
  }

  void hand_over(const Event& event) {
    watch_.handle(device_, event, now_);
    BatteryDevice once = device_;
    BatteryDevice twice = device_;
    twice.handle(event, now_);
    rule(twice.view(now_) == once.view(now_) && twice.presence() == once.presence(),
         "a message taken twice does more than once");
  }

  BatteryDeviceRules rules_;
  BatteryDevice device_;
  test::BatteryWatch watch_;
  PayloadDecoder decoder_;
  Reading fresh_;
  Instant now_ = Instant(1000s);
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  BatteryDeviceRules rules = read_rules('0');
  if (rest.size() > 2 && rest[0] == 'C' && rest[2] == '\x1E') {
    rules = read_rules(rest[1]);
    rest.remove_prefix(3);
  }
  Battery battery(rules);
  for (std::size_t i = 0; i < kMaxRecords; ++i) {
    const std::size_t end = std::min(rest.find('\x1E'), rest.size());
    battery.take(read_record(rest.substr(0, end)));
    if (end == rest.size()) break;
    rest.remove_prefix(end + 1);
  }
  battery.fall_silent();
  return 0;
}
