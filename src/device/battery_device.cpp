// SPDX-License-Identifier: MIT
#include "dmb/device/battery_device.h"

#include "dmb/battery/quantity.h"
#include "dmb/battery/sufficiency.h"
#include "dmb/codec/topic.h"

namespace dmb {
namespace {

/// Whoever may publish decides how many there are.
constexpr std::size_t kMaxKeysNoted = 256;

std::string names_of(const std::vector<Quantity>& items) {
  std::string names;
  for (const Quantity id : items) {
    if (!names.empty()) names += ", ";
    names += id.spec().path.substr(1);
  }
  return names;
}

/// With a map no filter has to be chosen from: the map says which topics are the battery's.
std::string_view filter_of(const BatteryDeviceRules& rules) {
  return rules.mapped ? std::string_view() : std::string_view(rules.topic);
}

}  // namespace

BatteryDevice::BatteryDevice(BatteryDeviceRules rules)
    : rules_(std::move(rules)), model_(rules_.battery), topic_(filter_of(rules_)) {}

void BatteryDevice::change_rules(BatteryDeviceRules rules) {
  const BatteryDeviceRules before = std::exchange(rules_, std::move(rules));
  model_.change_rules(rules_.battery);
  if (rules_.topic != before.topic || rules_.mapped != before.mapped) read_from(before);
}

void BatteryDevice::resume(const ChargeMemory& memory, Instant now) {
  if (ChargeControl* control = model_.charge_control()) control->resume(memory, now);
}

std::optional<ChargeMemory> BatteryDevice::charge_memory(Instant now) const {
  const ChargeControl* control = model_.charge_control();
  return control != nullptr ? std::optional(control->memory(now)) : std::nullopt;
}

bool BatteryDevice::forget_missing_sensors() {
  ChargeControl* control = model_.charge_control();
  return control != nullptr && control->forget_missing();
}

/// What was told on a topic that the new filter covers as well still holds.
void BatteryDevice::read_from(const BatteryDeviceRules& before) {
  const std::string heard = before.mapped ? before.topic : topic_.topic();
  topic_ = TopicChoice(filter_of(rules_));
  if (heard.empty()) return;
  if (!rules_.mapped && !before.mapped && topic_matches(rules_.topic, heard)) {
    topic_.judge(heard, true, true);
    return;
  }
  notes_.emplace_back(note::TopicChanged{rules_.topic, heard});
  change_source();
}

void BatteryDevice::change_source() {
  model_.change_source();
  refused_.clear();
}

void BatteryDevice::handle(const Event& event, Instant now) {
  std::visit([this, now](const auto& happened) { on(happened, now); }, event);
}

void BatteryDevice::on(const event::Members&, Instant) {}

void BatteryDevice::on(const event::Connected&, Instant) {
  model_.connected();
}

void BatteryDevice::on(const event::Heartbeat& heartbeat, Instant now) {
  if (!heartbeat.retained) model_.heartbeat(now);
}

void BatteryDevice::on(const event::Rejected& rejected, Instant now) {
  // Behind wildcards there is much that is no battery.
  const bool ours = topic_.is_ours(rejected.topic);
  const bool oversized = rejected.fault == MessageFault::oversized;
  if (!topic_.topic().empty() && !ours && !oversized) return;
  if (!rejected.retained && ours) model_.rejected();
  note_unused({rejected.fault, std::string(rejected.topic), std::string(rejected.what)}, now);
}

void BatteryDevice::on(const event::Gone& gone, Instant now) {
  if (is_of_unknown_age(gone.retained) || !topic_.is_ours(gone.topic)) return;
  if (model_.phase() == Life::Phase::live)
    notes_.emplace_back(note::SourceGone{std::string(gone.topic)});
  model_.declare_gone(now);
  life_noted_ = model_.phase();
  refused_.clear();
}

void BatteryDevice::on(const event::Message& message, Instant now) {
  if (!is_mine(message, now)) return;
  const bool was_life = model_.apply(
      message.reading,
      message.retained ? BatteryModel::Delivery::retained : BatteryModel::Delivery::live, now);
  note_fields(message.reading, now);
  note_doubts();
  if (was_life) {
    lacks_life_ = false;
  } else if (!is_of_unknown_age(message.retained)) {
    note_no_value(message.reading, std::string(message.topic), now);
  }
  if (model_.phase() == Life::Phase::live) note_life();
}

void BatteryDevice::on(const event::Values& values, Instant now) {
  const bool was_life = model_.apply_part(values, now);
  note_fields(values.reading, now);
  note_doubts();
  if (was_life)
    lacks_life_ = false;
  else if (values.required_unknown && !is_of_unknown_age(values.retained))
    note_no_value(values.reading, rules_.topic, now);
  if (model_.phase() == Life::Phase::live) note_life();
}

void BatteryDevice::on(const event::OtherTopic& other, Instant) {
  notes_.emplace_back(note::OtherTopic{std::string(other.topic), rules_.topic});
}

void BatteryDevice::on(const event::FullCharge& full, Instant) {
  if (ChargeControl* control = model_.charge_control()) control->want_full_charge(full.is_wanted);
}

void BatteryDevice::note_no_value(const Reading& reading, std::string topic, Instant now) {
  note_unused({.fault = MessageFault::no_value,
               .topic = std::move(topic),
               .what = names_of(sufficiency_of(reading, rules_.battery.required).unknown),
               .first = !std::exchange(lacks_life_, true)},
              now);
}

bool BatteryDevice::is_of_unknown_age(bool retained) const {
  return retained && rules_.battery.timeout.count() > 0;
}

/// Whether the message is the battery's, and not that of another one behind the wildcards.
bool BatteryDevice::is_mine(const event::Message& message, Instant now) {
  if (!has_wildcard(rules_.topic)) return true;
  const bool is_life = !is_of_unknown_age(message.retained) &&
                       sufficiency_of(message.reading, rules_.battery.required).is_life();
  switch (topic_.judge(message.topic, is_life, model_.alive(now))) {
    case TopicChoice::Verdict::ours:
      break;
    case TopicChoice::Verdict::takes_over:
      notes_.emplace_back(note::TopicTakesOver{std::string(message.topic)});
      change_source();
      break;
    case TopicChoice::Verdict::other:
      notes_.emplace_back(note::OtherTopic{std::string(message.topic), topic_.topic()});
      return false;
  }
  return true;
}

const ItemValues& BatteryDevice::view(Instant now) {
  const ItemValues& values = model_.view(now);
  note_life();
  if (model_.phase() == Life::Phase::live) {
    note_limits(std::exchange(limits_noted_, model_.limits()));
    if (temperature_lack_.look(model_.charge_control(), now))
      notes_.emplace_back(note::TemperatureUnknown{});
    if (model_.take_soc_lack()) notes_.emplace_back(note::ChargeGoalUnknown{});
  }
  ask_if_due(now);
  memory_news_.look(model_.charge_control(), now);
  return values;
}

Presence BatteryDevice::presence() const {
  switch (model_.phase()) {
    case Life::Phase::live:
      return model_.values()[q("/Dc/0/Voltage")].value ? Presence::on : Presence::stays;
    case Life::Phase::gone:
      return Presence::off;
    default:
      return Presence::stays;
  }
}

std::optional<Instant> BatteryDevice::next_change(Instant now) const {
  return earlier(model_.question_due(), model_.next_change(now));
}

void BatteryDevice::ask_if_due(Instant now) {
  const auto due = model_.question_due();
  if (!due || *due > now) return;
  model_.asked(now);
  if (rules_.mapped) {
    if (rules_.questions.empty()) return;
    notes_.emplace_back(note::TopicAskedFor{rules_.topic});
    questions_ = rules_.questions;
    return;
  }
  // Behind wildcards it has to be heard once to be known.
  const auto venus = venus_topic_of(topic_.topic());
  if (!venus) return;
  notes_.emplace_back(note::TopicAskedFor{topic_.topic()});
  questions_ = {venus->question()};
}

std::vector<std::string> BatteryDevice::doubts(Instant now) const {
  std::vector<std::string> texts = refused_.texts(rules_.battery.timeout, now);
  for (const Doubt& doubt : model_.doubts()) texts.push_back(text_of(doubt));
  return texts;
}

void BatteryDevice::note_unused(note::MessageUnused unused, Instant now) {
  ++unused_;
  last_unused_ = {unused, now};
  notes_.emplace_back(std::move(unused));
}

void BatteryDevice::note_fields(const Reading& reading, Instant now) {
  refused_.note(reading, now);
  for (const Reading::Complaint& complaint : reading.complaints())
    notes_.emplace_back(note::FieldUnusable{complaint.id.spec().path, complaint.what});
  for (const std::string& key : reading.unknown_keys())
    if (keys_noted_.size() < kMaxKeysNoted && keys_noted_.insert(key).second)
      notes_.emplace_back(note::KeyUnknown{key});
}

void BatteryDevice::note_doubts() {
  for (const Doubt& doubt : model_.doubts())
    if (doubts_noted_.insert(doubt.about).second) notes_.emplace_back(note::DoubtLasts{doubt});
}

/// Of a silence with the limits that it has brought: not before view() has worked them out.
void BatteryDevice::note_life() {
  const Life::Phase after = model_.phase();
  const Life::Phase before = std::exchange(life_noted_, after);
  if (after == before) return;
  switch (after) {
    case Life::Phase::waiting:
      break;
    case Life::Phase::live:
      if (before == Life::Phase::waiting)
        notes_.emplace_back(note::FirstMessage{rules_.topic});
      else
        notes_.emplace_back(note::MessagesBack{rules_.topic});
      break;
    case Life::Phase::holding:
      notes_.emplace_back(
          note::BatterySilent{rules_.topic, rules_.battery.timeout, is_charge_stopped()});
      break;
    case Life::Phase::gone:
      notes_.emplace_back(note::BatteryLeft{rules_.topic});
      break;
  }
}

bool BatteryDevice::is_charge_stopped() const {
  return rules_.battery.control && model_.limits().charge_stopped();
}

void BatteryDevice::note_limits(const LimitState& before) {
  const LimitState& after = model_.limits();
  if (after.has(Cause::charge_voltage_refused) && !before.has(Cause::charge_voltage_refused))
    notes_.emplace_back(note::ChargeVoltageRefused{});
  if (!rules_.battery.control) return;
  // What a charge control stops has a reason of its own.
  const auto stopped = [](const LimitState& limits) {
    return limits.charge_stopped() && limits.max_charge_current.reason.what() == nullptr;
  };
  if (stopped(after) && !stopped(before))
    notes_.emplace_back(note::ChargeStopped{after.max_charge_current.cause});
  if (!stopped(after) && stopped(before)) notes_.emplace_back(note::ChargeLimitsBack{});
  note_reason(Limit::charge_current, before.max_charge_current, after.max_charge_current);
  note_reason(Limit::discharge_current, before.max_discharge_current, after.max_discharge_current);
  note_lowered(before);
  if (after.max_discharge_current.cause == Cause::kept &&
      before.max_discharge_current.cause != Cause::kept)
    notes_.emplace_back(note::DischargeLimitKept{});
  if (after.discharge_stopped() && !before.discharge_stopped())
    notes_.emplace_back(note::DischargeStopped{});
}

void BatteryDevice::note_reason(Limit limit, const LimitItem& before, const LimitItem& after) {
  if (same_cause(before.reason, after.reason)) return;
  const bool trouble = is_trouble(before.reason) || is_trouble(after.reason);
  notes_.emplace_back(note::LimitChanged{limit, after.value != 0, after.reason, trouble});
}

void BatteryDevice::note_lowered(const LimitState& before) {
  const LimitState& after = model_.limits();
  if (after.voltage_lowered() == before.voltage_lowered()) return;
  if (after.voltage_lowered())
    notes_.emplace_back(note::ChargeVoltageLowered{
        after.max_charge_voltage.value, model_.values().number(q("/Dc/0/Current")).has_value()});
  else
    notes_.emplace_back(note::ChargeVoltageBack{});
}

}  // namespace dmb
