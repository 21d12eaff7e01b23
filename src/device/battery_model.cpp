// SPDX-License-Identifier: MIT
#include "dmb/device/battery_model.h"

#include "dmb/battery/charge_voltage.h"
#include "dmb/battery/derived.h"
#include "dmb/battery/quantity.h"
#include "dmb/battery/sufficiency.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace dmb {
namespace {

constexpr std::int32_t kAlarm = 2;
/// How old a measured current may be to judge by it whether charging goes on.
constexpr std::chrono::seconds kNews{10};
const OptValue kUnknown;

bool is_limit(Quantity id) {
  return id == q("/Info/MaxChargeVoltage") || id == q("/Info/MaxChargeCurrent") ||
         id == q("/Info/MaxDischargeCurrent");
}

}  // namespace

BatteryModel::BatteryModel(BatteryRules rules)
    : rules_(std::move(rules)),
      life_(rules_.timeout),
      resting_(rules_.timeout),
      stored_(kQuantities),
      limits_(rules_.control) {
  limits_.change_rules(rules_.charge);
  for (const Quantity id : all_quantities()) {
    const Trait traits = id.spec().traits;
    const bool plain = has(traits, Trait::payload) && !is_limit(id);
    stored_[id.index()].plain = plain;
    if (plain && !has(traits, Trait::on_sight)) values_.bring(id);
  }
}

void BatteryModel::change_rules(BatteryRules rules) {
  life_.change_timeout(rules.timeout);
  resting_.change_timeout(rules.timeout);
  if (rules.time_to_go != rules_.time_to_go) time_to_go_ = {};
  rules_ = std::move(rules);
  limits_.change_rules(rules_.charge);
}

Instant BatteryModel::stamp_of(const Stored& stored) const {
  return follows_life(stored) && life_.last_sign() ? std::max(stored.stamp, *life_.last_sign())
                                                   : stored.stamp;
}

bool BatteryModel::fresh(const Stored& stored, Instant now) const {
  return counts_since(stamp_of(stored), now);
}

/// Whether all that the last live message told counts: saves asking for each of its items.
bool BatteryModel::last_counts(Instant now) const {
  return life_.last_sign() && counts_since(*life_.last_sign(), now);
}

/// When what was told of an item stops to count.
std::optional<Instant> BatteryModel::end_of(Quantity id, Instant now) const {
  const Stored& stored = stored_[id.index()];
  if (!stored.value) return std::nullopt;
  const Instant end = stamp_of(stored) + rules_.timeout;
  return end > now ? std::optional(end) : std::nullopt;
}

BatteryModel::Stored& BatteryModel::store(const Reading::Field& field, std::uint32_t message,
                                          Instant now) {
  Stored& stored = stored_[field.id.index()];
  if (stored.value != field.value) stored.value = field.value;
  stored.stamp = now;
  stored.message = message;
  stored.refused = field.bad;
  stored.derived = false;
  if (field.value && stored.plain) values_.bring(field.id);
  return stored;
}

void BatteryModel::let_time_pass(Instant now) {
  const auto end = life_.deadline();
  if (end && now >= *end) catch_up();
  if (!life_.advance(now) || phase() != Life::Phase::gone) return;
  limits_.battery_left();
}

bool BatteryModel::alive(Instant now) const {
  const auto end = life_.deadline();
  return phase() == Life::Phase::live && (!end || now < *end);
}

/// A silence that begins before view() was called must find what the last message gave.
void BatteryModel::catch_up() {
  if (unseen_since_ && phase() == Life::Phase::live) view_live(*unseen_since_);
}

/// A stored message may be of any age. It never replaces what a live one told as long as that
/// counts, and gives no limit; but that it names one means that the battery has one.
void BatteryModel::fill_in(const Reading& reading, Instant now) {
  for (const Reading::Field& field : reading.fields())
    if (may_fill_in(field.id, now)) store(field, 0, now);
  const auto third = derive_dc(reading);
  if (third && may_fill_in(third->id, now)) store(*third, 0, now);
  if (reading.find(q("/Info/MaxChargeCurrent")) != nullptr) charge_current_stored_ = true;
}

bool BatteryModel::may_fill_in(Quantity id, Instant now) const {
  const Stored& known = stored_[id.index()];
  const bool told = known.value || known.message != 0;
  return !is_limit(id) && (!told || !fresh(known, now));
}

bool BatteryModel::apply(const Reading& reading, Delivery delivery, Instant now) {
  let_time_pass(now);
  ++applied_;
  if (delivery == Delivery::retained && !never_ages()) {
    fill_in(reading, now);
    return false;
  }
  const bool is_life = sufficiency_of(reading, rules_.required).is_life();
  last_is_life_ = is_life;
  store_live(reading, is_life, now);
  current_at_ = now;
  end_message(is_life, now);
  return is_life;
}

bool BatteryModel::apply_part(const event::Values& part, Instant now) {
  let_time_pass(now);
  ++applied_;
  if (part.retained && !never_ages()) {
    fill_in(part.reading, now);
    return false;
  }
  if (part.required_unknown) last_is_life_ = false;
  store_live(part.reading, !part.required_unknown, now);
  if (stored_[q("/Dc/0/Current").index()].message == last_message_) current_at_ = now;
  const bool says_life = part.is_life || (part.retained && tells_required(part.reading));
  const bool is_life = says_life && !part.required_unknown && knows_required(now);
  // What says nothing of the required ones is neither a sign of life nor of its absence.
  if (is_life || part.required_unknown) end_message(last_is_life_ = is_life, now);
  return is_life;
}

void BatteryModel::store_live(const Reading& reading, bool may_raise_limits, Instant now) {
  if (!may_raise_limits) lower_limits(reading, now);
  ++last_message_;
  for (const Reading::Field& field : reading.fields())
    if (may_raise_limits || !is_limit(field.id)) store(field, last_message_, now);
  if (const auto third = third_of(reading)) store(*third, last_message_, now).derived = true;
  note_allowed(reading);
  plausibility_.look(reading, now);
  unseen_since_ = now;
}

void BatteryModel::end_message(bool is_life, Instant now) {
  if (is_life) {
    life_.message(now);
    resting_.usable();
  } else {
    resting_.not_usable();
  }
}

/// Who sends nothing but what changes has told the rest of the moment before.
std::optional<Reading::Field> BatteryModel::third_of(const Reading& reading) const {
  constexpr std::array kDc{q("/Dc/0/Power"), q("/Dc/0/Voltage"), q("/Dc/0/Current")};
  if (rules_.ages != Ages::life) return derive_dc(reading);
  Reading moment;
  bool is_news = false;
  for (const Quantity id : kDc) {
    const Reading::Field* field = reading.find(id);
    const Stored& before = stored_[id.index()];
    is_news = is_news || field != nullptr;
    const bool bad = field != nullptr ? field->bad : before.refused;
    if (bad)
      moment.set_bad(id, {});
    else if (field != nullptr || !before.derived)
      moment.set(id, field != nullptr ? field->value : before.value);
  }
  return is_news ? derive_dc(moment) : std::nullopt;
}

bool BatteryModel::tells_required(const Reading& reading) const {
  return std::ranges::any_of(rules_.required, [&reading](Quantity id) {
    const Reading::Field* field = reading.find(id);
    return field != nullptr && field->value;
  });
}

bool BatteryModel::knows_required(Instant now) const {
  return std::ranges::all_of(rules_.required, [this, now](Quantity id) {
    const Stored& stored = stored_[id.index()];
    return stored.value && fresh(stored, now);
  });
}

/// A message that is no sign of life may come from a publisher that has lost its battery: it may
/// lower limits, but raises and enables none, and renews no age.
void BatteryModel::lower_limits(const Reading& reading, Instant now) {
  catch_up();  // what is in force, the messages before this one included
  for (const Reading::Field& field : reading.fields())
    if (is_limit(field.id)) lower_limit(field, now);
}

void BatteryModel::lower_limit(const Reading::Field& field, Instant now) {
  Stored& stored = stored_[field.id.index()];
  const std::uint32_t message = last_message_ + 1;
  if (!field.value) {
    store(field, message, now);
    return;
  }
  const double limit = std::get<double>(*field.value);
  if (stored.value && fresh(stored, now)) {
    stored.stamp = stamp_of(stored);
    stored.value = std::min(limit, std::get<double>(*stored.value));
    return;
  }
  if (field.id == q("/Info/MaxChargeVoltage")) return;
  const auto in_force_a = current_in_force(field.id);
  const bool first = stored.message == 0;
  const bool charge = field.id == q("/Info/MaxChargeCurrent");
  if (in_force_a ? limit <= *in_force_a : first && !charge)
    store(field, message, now);
  else if (first && charge)
    store({.id = field.id}, message, now);  // of the number counts only that there is one
}

/// A stored message that names a CCL stops at once, and is shown later.
std::optional<double> BatteryModel::current_in_force(Quantity limit) const {
  const bool stopped = limit == q("/Info/MaxChargeCurrent") && charge_current_stored_ &&
                       stored_[limit.index()].message == 0;
  if (stopped) return 0;
  const LimitItem& item = limit == q("/Info/MaxChargeCurrent") ? limits().max_charge_current
                                                               : limits().max_discharge_current;
  return item.exists ? item.value : std::nullopt;
}

/// A 0 counts only of a battery that has said 1 too: examples that people copy hold a 0 for ever.
void BatteryModel::note_allowed(const Reading& reading) {
  const Reading::Field* allowed = reading.find(q("/Io/AllowToCharge"));
  if (allowed == nullptr || !allowed->value) return;  // no news is no all-clear
  const bool yes = allowed->value != OptValue(0);
  tells_if_allowed_ = tells_if_allowed_ || yes;
  if (!yes)
    charge_blocked_ = tells_if_allowed_;
  else if (last_is_life_)
    charge_blocked_ = false;
}

void BatteryModel::heartbeat(Instant now) {
  let_time_pass(now);
  if (phase() != Life::Phase::live) resting_.not_usable();
  if (resting_.heartbeat(now)) life_.heartbeat(now);
}

void BatteryModel::declare_gone(Instant now) {
  catch_up();
  life_.declare_gone(now);
  change_source();
  resting_.gone();
}

void BatteryModel::change_source() {
  for (Stored& stored : stored_) stored = {.plain = stored.plain};
  charge_current_stored_ = false;
  charge_blocked_ = tells_if_allowed_ = false;
  charge_voltage_fit_ = {};
  limits_.forget_told();
  resting_.not_usable();  // the new one vouches for itself
  unseen_since_.reset();
  plausibility_ = {};
}

const ItemValues& BatteryModel::view(Instant now) {
  let_time_pass(now);
  if (phase() == Life::Phase::holding || phase() == Life::Phase::gone)
    view_holding(now);
  else
    view_live(now);
  return values_;
}

void BatteryModel::view_live(Instant now) {
  const bool all_of_last = last_counts(now);
  refused_.clear();
  for (const Quantity id : values_.existing()) {
    const Stored& stored = stored_[id.index()];
    if (!stored.plain) continue;
    const bool counts = (all_of_last && follows_life(stored)) || fresh(stored, now);
    values_.keep_or_set(id, counts ? stored.value : kUnknown);
    if (counts && stored.refused) refused_.push_back(id);
  }
  const auto voltage_v = values_.number(q("/Dc/0/Voltage"));
  if (unseen_since_ && voltage_v) last_voltage_v_ = voltage_v;
  unseen_since_.reset();
  limits_.update({.given = given_limits(now),
                  .is_live = phase() == Life::Phase::live,
                  .current_is_news = current_is_news(now),
                  .current_at = current_at_,
                  .stop_discharge = rules_.stop_discharge_on_timeout},
                 now, values_);
  derive_missing(now);
}

void BatteryModel::derive_missing(Instant now) {
  derive_capacity(values_, refused_);
  derive_cells(values_, refused_);
  derive_modules(values_, refused_);

  if (values_[q("/TimeToGo")].value || is_refused(q("/TimeToGo"))) return;  // a given one wins
  const auto seconds =
      time_to_go_.update({values_.number(q("/Dc/0/Current")), values_.number(q("/Soc")),
                          values_.number(q("/InstalledCapacity")), values_.number(q("/Capacity"))},
                         rules_.time_to_go, now);
  if (seconds) values_.set(q("/TimeToGo"), *seconds);
}

bool BatteryModel::is_refused(Quantity id) const {
  return std::ranges::find(refused_, id) != refused_.end();
}

void BatteryModel::view_holding(Instant now) {
  const std::int32_t modules = number_of_modules(values_);
  for (const Quantity id : values_.existing())
    if (stored_[id.index()].plain) values_.set(id, std::nullopt);
  show_modules_offline(values_, modules);
  values_.set(q("/Alarms/BmsCable"), kAlarm);
  limits_.fall_silent(last_voltage_v_, rules_.stop_discharge_on_timeout, now, values_);
}

/// Whether the last word about a limit is that it is not known, or nothing that can be used.
bool BatteryModel::is_unusable(Quantity limit) const {
  return stored_[limit.index()].message != 0 && !stored_[limit.index()].value;
}

std::optional<double> BatteryModel::given_limit(Quantity limit, Instant now) const {
  const Stored& stored = stored_[limit.index()];
  if (!stored.value || !fresh(stored, now)) return std::nullopt;
  return std::get<double>(*stored.value);
}

GivenLimits BatteryModel::given_limits(Instant now) {
  GivenLimits given{given_limit(q("/Info/MaxChargeVoltage"), now),
                    given_limit(q("/Info/MaxChargeCurrent"), now),
                    given_limit(q("/Info/MaxDischargeCurrent"), now)};
  const bool stays_refused = limits().has(Cause::charge_voltage_refused) && !last_is_life_;
  given.charge_voltage_refused =
      given.max_charge_voltage_v &&
      (stays_refused || !charge_voltage_fit_.fits(*given.max_charge_voltage_v, last_voltage_v_));
  if (given.charge_voltage_refused) given.max_charge_voltage_v.reset();
  given.charge_current_named =
      charge_current_stored_ || stored_[q("/Info/MaxChargeCurrent").index()].message != 0;
  given.discharge_current_unusable = is_unusable(q("/Info/MaxDischargeCurrent"));
  given.charge_blocked = charge_blocked_;
  return given;
}

bool BatteryModel::current_is_news(Instant now) const {
  return !current_at_ || now - *current_at_ <= kNews;
}

std::optional<Instant> BatteryModel::next_change(Instant now) const {
  std::optional<Instant> next = life_.deadline();
  // The limits of a silent battery stand still, whatever was due before.
  if (phase() == Life::Phase::holding || phase() == Life::Phase::gone) return next;
  next = earlier(next, limits_.next_change(current_is_news(now), now));
  if (phase() != Life::Phase::live || never_ages()) return next;
  // What the last message told lasts as long as the battery's life.
  for (const Quantity id : values_.existing())
    if (!follows_life(stored_[id.index()])) next = earlier(next, end_of(id, now));
  for (const Quantity id :
       {q("/Info/MaxChargeVoltage"), q("/Info/MaxChargeCurrent"), q("/Info/MaxDischargeCurrent")})
    next = earlier(next, end_of(id, now));  // told, but perhaps not shown
  return next;
}

}  // namespace dmb
