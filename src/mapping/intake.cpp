// SPDX-License-Identifier: MIT
#include "dmb/mapping/intake.h"

#include "binding.h"
#include "burst.h"
#include "dmb/battery/letter_case.h"
#include "intake_status.h"
#include "json_document.h"
#include "map_plan.h"
#include "pointer.h"
#include "raw_value.h"
#include "required_told.h"
#include "source_values.h"

#include <algorithm>
#include <utility>

namespace dmb {
namespace {

using Use = MapPlan::Source::Use;

/// One message on its way into the readings.
struct Message {
  std::string_view topic;
  std::string_view payload;
  bool retained = false;
  Instant now{};
  RawValue bare = {};  ///< the payload as one value
};

/// What is said about an item, of those that do not wait.
struct Urgent {
  OptValue value;
  bool bad = false;
  bool operator==(const Urgent&) const = default;
};

void copy(const Reading& from, Quantity id, Reading& to) {
  const Reading::Field* field = from.find(id);
  if (field == nullptr) return;
  const Reading::Field* before = to.find(id);
  // One complaint is enough, however often a broker repeats itself.
  if (!from.complaints().empty() && (before == nullptr || (field->bad && !before->bad)))
    to.set_bad(id, from.complaints().back().what);
  if (!field->bad) to.set(id, field->value);
}

}  // namespace

class MapIntake::State {
 public:
  State(Map map, IntakeRules rules)
      : plan_(std::in_place, std::move(map)), rules_(std::move(rules)) {
    apply_rules();
  }

  void change(Map map, IntakeRules rules) {
    rules_ = std::move(rules);
    if (map != plan_->map()) {
      plan_.emplace(std::move(map));
      bindings_.clear();
      values_.clear();
      burst_.forget_topics();
      told_urgent_.clear();
      ready_.clear();
      highest_number_ = 0;
    }
    apply_rules();
  }

  void receive(const Message& message) {
    end_burst_if_over(message.now);
    plan_->match(message.topic, matches_);
    if (matches_.empty() || !is_ours(message)) return;
    if (!parse_if_needed(message)) return;
    if (says_gone(message)) return declare_gone(message.topic, message.retained, message.now);
    tell_all(message);
    document_.release_if_large();
    end_burst_if_over(message.now);
  }

  std::optional<Instant> due() const {
    return ready_.empty() ? burst_.end() : std::optional(ready_since_);
  }

  std::vector<Out> take(Instant now) {
    end_burst_if_over(now);
    return std::exchange(ready_, {});
  }

  const MapPlan& plan() const { return *plan_; }
  std::vector<std::string> required_topics() const {
    return required_topics_of(*plan_, rules_.required, bindings_);
  }
  std::vector<MappedItem> items() const { return items_of(*plan_, values_, bindings_); }

 private:
  void apply_rules() {
    const bool ages = rules_.timeout.count() > 0 && !plan_->map().only_changes;
    const auto timeout = ages ? std::optional(rules_.timeout) : std::nullopt;
    values_.set_timeout(timeout);
    bindings_.set_timeout(timeout);
    burst_.set_rules(rules_.burst, !plan_->map().only_changes);
  }

  void put(Out out, Instant now) {
    constexpr std::size_t kMaxWaiting = 64;
    if (out.kind == Out::Kind::rejected && ready_.size() >= kMaxWaiting) return;
    if (ready_.empty()) ready_since_ = now;
    ready_.push_back(std::move(out));
  }

  /// Leaves those of matches_ that are not of another battery behind a "+".
  bool is_ours(const Message& message) {
    bool named = false;
    std::erase_if(matches_, [&](const MapPlan::Match& match) {
      if (match.any.data() == nullptr) return false;
      const std::string_view beginning = message.topic.substr(
          0, static_cast<std::size_t>(match.any.data() - message.topic.data()));
      const std::string before(bindings_.text_behind(beginning).value_or(match.any));
      switch (bindings_.judge(beginning, match.any, message.retained, message.now)) {
        case Bindings::Verdict::ours:
          return false;
        case Bindings::Verdict::takes_over:
          declare_gone(std::string(beginning) + before, false, message.now);
          return false;
        case Bindings::Verdict::other:
          named = bindings_.note_other(beginning, match.any) || named;
          return true;
      }
      return true;
    });
    if (matches_.empty() && named)
      put({.kind = Out::Kind::other_topic,
           .retained = message.retained,
           .topic = std::string(message.topic)},
          message.now);
    return !matches_.empty();
  }

  bool has_pointer(const MapPlan::Match& match) const {
    return plan_->source(match.source).map->pointer.has_value();
  }

  bool parse_if_needed(const Message& message) {
    if (message.bare.kind == RawValue::Kind::unknown) return true;
    if (std::ranges::none_of(matches_, [this](const auto& match) { return has_pointer(match); }))
      return true;
    const std::optional<std::string> fault = document_.parse(message.payload);
    if (!fault) return true;
    put({.kind = Out::Kind::rejected,
         .retained = message.retained,
         .topic = std::string(message.topic),
         .what = *fault},
        message.now);
    return false;
  }

  bool is_required(const MapPlan::Match& match) const {
    const MapLine* line = plan_->source(match.source).line;
    if (line == nullptr) return false;
    const Quantity item = match.item.value_or(line->item);
    return match.connected || (std::ranges::find(rules_.required, item) != rules_.required.end() &&
                               (match.item || !line->any_item));
  }

  bool says_gone(const Message& message) {
    return std::ranges::any_of(matches_, [&](const MapPlan::Match& match) {
      if (rules_.venus && message.payload.empty() && is_required(match)) return true;
      if (plan_->source(match.source).use != Use::availability) return false;
      bool offline = false;
      for_each_value(match, message, [this, &offline](std::optional<int>, const RawValue& raw) {
        offline = offline || equals_ignoring_case(text_of(raw), plan_->map().availability->offline);
      });
      return offline;
    });
  }

  void declare_gone(std::string_view topic, bool retained, Instant now) {
    burst_.drop();
    values_.void_all();
    told_urgent_.clear();
    put({.kind = Out::Kind::gone, .retained = retained, .topic = std::string(topic)}, now);
  }

  template <typename Tell>
  void for_each_value(const MapPlan::Match& match, const Message& message, const Tell& tell) {
    const MapPlan::Source& source = plan_->source(match.source);
    if (!source.map->pointer || message.bare.kind == RawValue::Kind::unknown)
      return tell(std::nullopt, message.bare);
    const int most =
        source.line != nullptr && source.line->numbered ? source.line->numbers : kMaxCells;
    resolve(document_, *source.map->pointer, most,
            [this, &tell](std::optional<int> number, std::size_t at) {
              tell(number, raw_of_json(document_, at));
            });
  }

  void tell_all(const Message& message) {
    const auto brings = [this](const MapPlan::Match& match) {
      return plan_->source(match.source).use != Use::availability && !match.connected;
    };
    if (std::ranges::none_of(matches_, brings)) return;
    burst_.note(message.topic, message.retained, message.now);
    for (const MapPlan::Match& match : matches_) {
      const MapPlan::Source& source = plan_->source(match.source);
      for_each_value(match, message, [&](std::optional<int> number, const RawValue& raw) {
        if (source.use == Use::alive && !message.retained && says_alive(raw, *source.map))
          burst_.note_alive();
        if (source.use == Use::line && !match.connected) tell(match, number, raw, message);
      });
    }
  }

  void tell(const MapPlan::Match& match, std::optional<int> number, const RawValue& raw,
            const Message& message) {
    const MapPlan::Source& source = plan_->source(match.source);
    const MapLine& line = *source.line;
    if (!line.numbered) return tell_item(match, match.item.value_or(line.item), {}, raw, message);
    if (match.number && number && match.number != number) return;
    if (match.number) number = match.number;
    if (number) {
      highest_number_ = std::max(highest_number_, *number);
      return tell_number(match, *number, raw, message);
    }
    if (source.map->bit_by_number && raw.kind != RawValue::Kind::unknown) {
      highest_number_ = std::max(highest_number_, highest_set_bit(raw, *source.map));
      for (int n = 1; n <= std::min(highest_number_, line.numbers); ++n)
        tell_number(match, n, raw, message);
      return;
    }
    // The whole payload is no value: that is true of each number that it told before.
    std::vector<Quantity> told;
    values_.for_each_of(match.source,
                        [&told](Quantity id, const SourceValue&) { told.push_back(id); });
    for (const Quantity id : told)
      tell_number(match, static_cast<int>(id.index() - line.item.index()) + 1, raw, message);
  }

  void tell_number(const MapPlan::Match& match, int number, const RawValue& raw,
                   const Message& message) {
    const Quantity first = plan_->source(match.source).line->item;
    tell_item(match, first.after(static_cast<std::size_t>(number - 1)), number, raw, message);
  }

  void tell_item(const MapPlan::Match& match, Quantity id, std::optional<int> number,
                 const RawValue& raw, const Message& message) {
    const MapPlan::Source& source = plan_->source(match.source);
    read_.clear();
    if (!read_value(raw, *source.map, number, id, read_)) return;
    values_.tell({match.source, id}, raw, read_, message.retained, message.now);
    if (const std::size_t count = source.line->sources.size(); count > 1) {
      read_.clear();
      values_.join(source.first, count, id, message.retained, message.now, read_);
    }
    copy(read_, id, burst_.reading(message.retained));
    if (!message.retained && has(id.spec().traits, Trait::urgent)) tell_urgent(id, message.now);
  }

  /// What changed of limits and alarms is given out at once, and again with its moment.
  void tell_urgent(Quantity id, Instant now) {
    const Reading::Field& field = *read_.find(id);
    Urgent told{field.value, field.bad};
    auto [last, first] = told_urgent_.try_emplace(id);
    if (!first && last->second == told) return;
    last->second = std::move(told);
    if (ready_.empty() || ready_.back().kind != Out::Kind::values || !last_is_urgent_)
      put({.kind = Out::Kind::values}, now);
    last_is_urgent_ = true;
    Out& out = ready_.back();
    copy(read_, id, out.reading);
    judge(out, false);
  }

  void judge(Out& out, bool alive) const {
    const bool by_topic = !plan_->map().alive.empty();
    out.required_unknown =
        tells_required_unknown(out.reading, rules_.required, plan_->may_bring(q("/Dc/0/Voltage")));
    out.is_life =
        !out.retained && (by_topic ? alive : tells_required(out.reading, rules_.required));
  }

  void end_burst_if_over(Instant now) {
    if (!burst_.is_over(now)) return;
    Burst::Gathered gathered = burst_.finish();
    last_is_urgent_ = false;
    give({.retained = true, .reading = std::move(gathered.retained)}, false, now);
    give({.reading = std::move(gathered.live)}, gathered.alive, now);
  }

  void give(Out out, bool alive, Instant now) {
    judge(out, alive);
    if (out.reading.fields().empty() && !out.is_life) return;
    if (out.is_life && !out.required_unknown)
      for (const Reading::Field& constant : plan_->constants().fields())
        out.reading.set(constant.id, constant.value);
    put(std::move(out), now);
  }

  std::optional<MapPlan> plan_;  ///< always there; built in place
  IntakeRules rules_;
  Bindings bindings_;
  SourceValues values_;
  Burst burst_;
  JsonDocument document_;
  std::vector<MapPlan::Match> matches_;  ///< of the message at hand
  Reading read_;                         ///< of the item at hand
  int highest_number_ = 0;               ///< of a cell that was told of
  std::map<Quantity, Urgent> told_urgent_;
  bool last_is_urgent_ = false;  ///< the last of ready_
  std::vector<Out> ready_;
  Instant ready_since_{};
};

MapIntake::MapIntake(Map map, IntakeRules rules)
    : state_(std::make_unique<State>(std::move(map), std::move(rules))) {}
MapIntake::~MapIntake() = default;
MapIntake::MapIntake(MapIntake&&) noexcept = default;
MapIntake& MapIntake::operator=(MapIntake&&) noexcept = default;

void MapIntake::change(Map map, IntakeRules rules) {
  state_->change(std::move(map), std::move(rules));
}

void MapIntake::receive(std::string_view topic, std::string_view payload, bool retained,
                        Instant now) {
  state_->receive({topic, payload, retained, now, raw_of_payload(payload)});
}

std::optional<Instant> MapIntake::due() const {
  return state_->due();
}

std::vector<MapIntake::Out> MapIntake::take(Instant now) {
  return state_->take(now);
}

std::vector<std::string> MapIntake::filters() const {
  std::vector<std::string> filters;
  for (const MapPlan::Source& source : state_->plan().sources())
    filters.push_back(filter_of(source.map->topic));
  return without_covered(std::move(filters));
}

std::vector<std::string> MapIntake::required_topics() const {
  return state_->required_topics();
}

std::vector<MappedItem> MapIntake::items() const {
  return state_->items();
}

}  // namespace dmb
