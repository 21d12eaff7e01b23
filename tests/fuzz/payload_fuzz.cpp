// SPDX-License-Identifier: MIT
// What a broker may send to one battery, over time. The input is a list of records, divided by the
// byte 1E. A record is a payload, or an operation in front of one: L (live) or R (retained) with
// how much time passes before it, H (heartbeat), U (a new connection) or T (only time) with the
// same. C sets the rules.
#include "../support/battery_watch.h"
#include "../support/broken_rule.h"
#include "../support/value_rules.h"
#include "dmb/battery/quantity.h"
#include "dmb/codec/payload.h"
#include "dmb/codec/payload_decoder.h"

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
  if (text.size() < 2 || std::string_view("LRHUTC").find(text[0]) == std::string_view::npos)
    return {.payload = text};
  const auto digit = static_cast<unsigned char>(text[1] - '0');
  return {text[0], kPauses[digit % kPauses.size()], text.substr(2)};
}

BatteryRules read_rules(char digit) {
  constexpr std::array<std::chrono::seconds, 5> kTimeouts{60s, 0s, 1s, 30s, 600s};
  const auto choice = static_cast<unsigned char>(digit - '0');
  BatteryRules rules;
  rules.timeout = kTimeouts[choice % kTimeouts.size()];
  rules.stop_discharge_on_timeout = (choice / kTimeouts.size()) % 2 == 1;
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

/// One battery and everything that happens to it.
class Battery {
 public:
  explicit Battery(BatteryRules rules) : rules_(rules), model_(rules), watch_(rules) {}

  void take(const Record& record) {
    now_ += record.pause;
    if (record.what == 'H') {
      watch_.on_heartbeat(now_);
      model_.heartbeat(now_);
    } else if (record.what == 'U') {
      watch_.on_connected();
      model_.connected();
    } else if (record.what != 'T') {
      take_payload(record);
    }
    look();
  }

  /// Nothing comes any more: the battery has to end, and to say when.
  void fall_silent() {
    const bool must_end = model_.phase() == Life::Phase::holding ||
                          (model_.phase() == Life::Phase::live && rules_.timeout.count() > 0);
    for (int i = 0; i < 64; ++i) {
      const auto next = model_.next_change(now_);
      if (!next) break;
      now_ = std::max(now_, *next);
      look();
    }
    rule(!must_end || model_.phase() == Life::Phase::gone, "a silent battery does not end");
  }

 private:
  void take_payload(const Record& record) {
    const bool stored_long_ago = record.what == 'R' && rules_.timeout.count() > 0;
    const DecodeResult result = decoder_.decode(record.payload);
    rule(same(result, decode_payload(record.payload, fresh_)),
         "a payload is taken for another because of those before it");
    if (const auto* rejected = std::get_if<Rejected>(&result)) {
      rule(!rejected->message.empty(), "rejected without a word");
      if (stored_long_ago) return;
      watch_.on_rejected_message();
      return model_.rejected();
    }
    if (std::holds_alternative<DeviceGone>(result)) {
      if (stored_long_ago) return;
      watch_.on_gone();
      model_.declare_gone(now_);
      return;
    }
    rule(same(decoder_.reading(), fresh_) && same_words(decoder_.reading(), fresh_),
         "a payload says something else because of those before it");
    test::check_reading(fresh_);
    check_forms(record.payload, fresh_);
    apply(stored_long_ago ? BatteryModel::Delivery::retained : BatteryModel::Delivery::live);
  }

  void apply(BatteryModel::Delivery delivery) {
    if (delivery == BatteryModel::Delivery::live)
      watch_.on_live_message(decoder_.reading());
    else
      watch_.on_retained_message(decoder_.reading());
    model_.apply(decoder_.reading(), delivery, now_);
    BatteryModel twice = model_;
    twice.apply(decoder_.reading(), delivery, now_);
    const ItemValues values = twice.view(now_);
    rule(values == model_.view(now_) && twice.phase() == model_.phase(),
         "a message applied twice does more than once");
  }

  void look() {
    watch_.look(model_, now_);
    const auto next = model_.next_change(now_);
    rule(!next || *next > now_, "a change is due that has been made");
  }

  BatteryRules rules_;
  BatteryModel model_;
  test::BatteryWatch watch_;
  PayloadDecoder decoder_;
  Reading fresh_;
  Instant now_ = Instant(1000s);
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  BatteryRules rules;
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
