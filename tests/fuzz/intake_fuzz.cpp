// SPDX-License-Identifier: MIT
// Messages to a mapped battery, over time. The input is a list of records, divided by the byte 1E.
// The first is the [MAP]; each other is a message, "L0topic<TAB>payload" live or "R0…" retained,
// or "T0", time alone; the digit says how much time passes before it. "C0<map>" is another map.
#include "../mapping/map_lines.h"
#include "../support/broken_rule.h"
#include "../support/value_rules.h"
#include "dmb/codec/topic.h"
#include "dmb/mapping/intake.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

using namespace dmb;
using namespace std::chrono_literals;
using test::rule;
using Out = MapIntake::Out;

namespace {

constexpr std::size_t kMaxRecords = 40;
constexpr std::size_t kMaxMap = 4000;

std::chrono::milliseconds pause_of(char digit) {
  constexpr std::array<std::chrono::milliseconds, 8> kPauses{0ms,   1ms, 100ms, 249ms,
                                                             250ms, 1s,  60s,   1h};
  return kPauses[static_cast<unsigned char>(digit - '0') % kPauses.size()];
}

IntakeRules rules_of(char digit) {
  const auto choice = static_cast<unsigned char>(digit - '0');
  IntakeRules rules;
  if (choice % 2 == 1) rules.venus = true;
  if (choice / 2 % 2 == 1) rules.timeout = 0s;
  if (choice / 4 % 2 == 1) rules.burst = 0ms;
  if (choice / 8 % 2 == 1) rules.required = {q("/Dc/0/Voltage")};
  return rules;
}

bool knows(const Reading& reading, Quantity id) {
  const Reading::Field* field = reading.find(id);
  return field != nullptr && field->value;
}

/// One mapped battery and all that is sent to it.
class Battery {
 public:
  Battery(std::string_view map, IntakeRules rules)
      : rules_(std::move(rules)),
        map_(read(map)),
        intake_(map_, rules_),
        filters_(intake_.filters()) {}

  void take(std::string_view record) {
    if (record.size() < 2) return;
    now_ += pause_of(record[1]);
    if (record[0] == 'C') return change(record.substr(2), rules_of(record[1]));
    if (record[0] == 'L' || record[0] == 'R') {
      const std::size_t tab = std::min(record.find('\t'), record.size());
      const std::string_view topic = record.substr(2, tab - 2);
      hear(topic, record.substr(std::min(tab + 1, record.size())), record[0] == 'R');
    }
    look();
  }

  /// Nothing comes any more: what was gathered comes out, and then no more.
  void fall_silent() {
    for (int i = 0; i < 3; ++i) {
      const auto due = intake_.due();
      if (!due) break;
      now_ = std::max(now_, *due);
      look();
    }
    rule(!intake_.due(), "a burst does not end");
    now_ += 24h;
    rule(intake_.take(now_).empty(), "something is told although nothing came");
  }

 private:
  static Map read(std::string_view text) {
    return test::parse_own(text.substr(0, std::min(text.size(), kMaxMap))).map;
  }

  void change(std::string_view map, IntakeRules rules) {
    rules_ = std::move(rules);
    map_ = read(map);
    intake_.change(map_, rules_);
    filters_ = intake_.filters();
  }

  void hear(std::string_view topic, std::string_view payload, bool retained) {
    const bool ours = std::ranges::any_of(
        filters_, [topic](const std::string& filter) { return topic_matches(filter, topic); });
    for (const MapSource& source : map_.alive)
      alive_heard_ = alive_heard_ || (!retained && !payload.empty() &&
                                      topic_matches(filter_of(source.topic), topic));
    const auto due = intake_.due();
    intake_.receive(topic, payload, retained, now_);
    rule(ours || due == intake_.due() || (due && *due <= now_),
         "a message on a topic that was not asked for does something");
  }

  void look() {
    const std::vector<Out> outs = intake_.take(now_);
    rule(outs.size() <= 8, "one message makes too much of it");
    for (const Out& out : outs) check(out);
    const auto due = intake_.due();
    rule(!due || (*due > now_ && *due <= now_ + rules_.burst),
         "what is due was not taken, or waits too long");
    if (!due) alive_heard_ = false;
    const auto items = intake_.items();
    rule(items.size() <= 100 * kQuantities, "too much is kept");
    for (const MappedItem& item : items) rule(item.raw.size() <= 300, "a raw text is not cut");
  }

  void check(const Out& out) const {
    if (out.kind == Out::Kind::rejected) rule(!out.what.empty(), "rejected without a word");
    if (out.kind != Out::Kind::values) {
      rule(!out.is_life && out.reading.fields().empty(), "no values, and yet");
      return;
    }
    test::check_reading(out.reading);
    rule(!out.reading.fields().empty() || out.is_life, "nothing is told");
    check_life(out);
    check_constants(out);
  }

  void check_life(const Out& out) const {
    if (!out.is_life) return;
    rule(!out.retained, "a retained message is life");
    if (!map_.alive.empty()) return rule(alive_heard_, "life without an alive topic");
    const bool usable =
        std::ranges::any_of(rules_.required, [&](Quantity id) { return knows(out.reading, id); });
    const bool by_power =
        knows(out.reading, q("/Dc/0/Power")) && knows(out.reading, q("/Dc/0/Current"));
    rule(usable || by_power, "life without a required item");
  }

  void check_constants(const Out& out) const {
    for (const MapLine& line : map_.lines)
      if (line.constant && out.reading.find(line.item) != nullptr)
        rule(out.is_life && !out.required_unknown, "a constant without life");
  }

  IntakeRules rules_;
  Map map_;
  MapIntake intake_;
  std::vector<std::string> filters_;
  bool alive_heard_ = false;  ///< since the last burst ended, or before
  Instant now_{1000s};
};

std::string_view next_record(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\x1E'), rest.size());
  const std::string_view record = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return record;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::string_view map = next_record(rest);
  Battery battery(map, rules_of(map.empty() ? '0' : map.back()));
  for (std::size_t i = 0; i < kMaxRecords && !rest.empty(); ++i) battery.take(next_record(rest));
  battery.fall_silent();
  return 0;
}
