// SPDX-License-Identifier: MIT
#include "dmb/mapping/intake.h"

#include "burst.h"
#include "dmb/battery/letter_case.h"
#include "intake_status.h"
#include "item_reader.h"
#include "map_plan.h"
#include "message_reader.h"
#include "required_told.h"

#include <algorithm>
#include <map>
#include <utility>

namespace dmb {
namespace {

using Use = MapPlan::Source::Use;

/// What was said last about an item whose news do not wait.
struct Urgent {
  OptValue value;
  bool bad = false;
  bool operator==(const Urgent&) const = default;
};

/// One complaint is enough, however often a broker repeats itself.
void copy(const Reading& from, Quantity id, Reading& to) {
  const Reading::Field* field = from.find(id);
  if (field == nullptr) return;
  const Reading::Field* before = to.find(id);
  const bool news = before == nullptr || (field->bad && !before->bad);
  if (news && !from.complaints().empty()) to.set_bad(id, from.complaints().back().what);
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
      reader_.bindings().clear();
      items_.forget();
      burst_.forget_topics();
      told_urgent_.clear();
      ready_.clear();
    }
    apply_rules();
  }

  void receive(const MappedMessage& message) {
    end_burst_if_over(message.now);
    const MessageReader::Opened opened = reader_.open(*plan_, message);
    if (opened.taken_over) declare_gone(*opened.taken_over, false, message.now);
    if (opened.other) refuse(Out::Kind::other_topic, message, {});
    if (opened.fault) refuse(Out::Kind::rejected, message, *opened.fault);
    if (says_gone(message))
      declare_gone(message.topic, message.retained, message.now);
    else
      read_all(message);
    reader_.close();
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
    return required_topics_of(*plan_, rules_.required, reader_.bindings());
  }
  std::vector<MappedItem> items() const {
    return items_of(*plan_, items_.values(), reader_.bindings());
  }

 private:
  void apply_rules() {
    const bool ages = rules_.timeout.count() > 0 && !plan_->map().only_changes;
    const auto timeout = ages ? std::optional(rules_.timeout) : std::nullopt;
    items_.values().set_timeout(timeout);
    reader_.bindings().set_timeout(timeout);
    burst_.set_rules(rules_.burst, !plan_->map().only_changes);
  }

  void put(Out out, Instant now) {
    if (ready_.empty()) ready_since_ = now;
    ready_.push_back(std::move(out));
  }

  void refuse(Out::Kind kind, const MappedMessage& message, std::string what) {
    constexpr std::size_t kMaxWaiting = 64;
    if (ready_.size() >= kMaxWaiting) return;
    put({.kind = kind,
         .retained = message.retained,
         .topic = std::string(message.topic),
         .what = std::move(what)},
        message.now);
  }

  bool is_required(const MapPlan::Match& match) const {
    const MapLine* line = plan_->source(match.source).line;
    if (line == nullptr || match.connected) return match.connected;
    const Quantity item = match.item.value_or(line->item);
    return std::ranges::find(rules_.required, item) != rules_.required.end();
  }

  bool says_gone(const MappedMessage& message) const {
    return std::ranges::any_of(reader_.matches(), [&](const MapPlan::Match& match) {
      if (rules_.venus && message.payload.empty() && is_required(match)) return true;
      const MapPlan::Source& source = plan_->source(match.source);
      if (source.use != Use::availability) return false;
      bool offline = false;
      reader_.for_each_value(*plan_, match, message, [&](std::optional<int>, const RawValue& raw) {
        offline = offline || equals_ignoring_case(text_of(raw), source.offline);
      });
      return offline;
    });
  }

  void declare_gone(std::string_view topic, bool retained, Instant now) {
    burst_.drop();
    items_.values().void_all();
    told_urgent_.clear();
    put({.kind = Out::Kind::gone, .retained = retained, .topic = std::string(topic)}, now);
  }

  /// Whether the message is one of a burst: it brings values, or life.
  bool brings(const MapPlan::Match& match) const {
    return plan_->source(match.source).use != Use::availability && !match.connected;
  }

  void read_all(const MappedMessage& message) {
    const auto& matches = reader_.matches();
    if (std::ranges::none_of(matches, [this](const auto& match) { return brings(match); })) return;
    burst_.note(message.topic, message.retained, message.now);
    const ItemReader::Told told = [&](Quantity id, const Reading& read) {
      give_item(id, read, message);
    };
    for (const MapPlan::Match& match : matches) {
      if (!brings(match)) continue;
      const MapPlan::Source& source = plan_->source(match.source);
      reader_.for_each_value(*plan_, match, message,
                             [&](std::optional<int> number, const RawValue& raw) {
                               if (source.use == Use::line)
                                 items_.read(*plan_, match, number, raw, message, told);
                               else if (!message.retained && says_alive(raw, *source.map))
                                 burst_.note_alive();
                             });
    }
  }

  void give_item(Quantity id, const Reading& read, const MappedMessage& message) {
    copy(read, id, burst_.reading(message.retained));
    if (!message.retained && has(id.spec().traits, Trait::urgent))
      give_urgent(id, read, message.now);
  }

  /// What changed of limits and alarms is given out at once, and again with its moment.
  void give_urgent(Quantity id, const Reading& read, Instant now) {
    const Reading::Field& field = *read.find(id);
    Urgent told{field.value, field.bad};
    const auto [last, first] = told_urgent_.try_emplace(id);
    if (!first && last->second == told) return;
    last->second = std::move(told);
    if (ready_.empty() || ready_.back().kind != Out::Kind::values || !last_is_urgent_)
      put({.kind = Out::Kind::values}, now);
    last_is_urgent_ = true;
    Out& out = ready_.back();
    copy(read, id, out.reading);
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
  MessageReader reader_;
  ItemReader items_;
  Burst burst_;
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
