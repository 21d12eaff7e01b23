// SPDX-License-Identifier: MIT
#include "battery_service.h"

#include "battery_wire.h"
#include "dbus/bus_item.h"
#include "dbus/call_error.h"
#include "dbus/message.h"
#include "dmb/codec/text.h"
#include "member_rules.h"

#include <spdlog/spdlog.h>

#include <string_view>
#include <utility>

namespace dmb {

namespace {

constexpr Quantity kVoltage = q("/Dc/0/Voltage");
/// How long a question stays open: a program that stands still answers it when it goes on. Repeated
/// ones would only pile up in the daemon.
constexpr std::chrono::hours kOpenQuestion{1};
constexpr std::chrono::minutes kQuestionRest{1};
constexpr unsigned kMaxOpenQuestions = 3;

std::string_view describe(Misfit fault) {
  switch (fault) {
    case Misfit::wrong_type:
      return "not of the right type";
    case Misfit::not_finite:
      return "not a number";
    case Misfit::not_whole:
      return "not a whole number";
    default:
      return "out of any possible range";
  }
}

}  // namespace

// Listening starts before the question: what changes in between is then heard. The bus keeps the
// order of what one service sends, so the answer is newer than the signals before it.
BatteryService::BatteryService(const WatchContext& context, const std::string& name,
                               std::string owner, std::uint64_t arrival)
    : context_(context),
      owner_(std::move(owner)),
      arrival_(arrival),
      record_(name),
      root_(context.bus, owner_, "/") {
  subscription_ = context.signals.subscribe(owner_, [this](auto* signal) { on_signal(signal); });
  look();
}

std::string BatteryService::label() const {
  const std::string shown = display_name(identity());
  return shown == name() ? name() : printable(shown) + " (" + name() + ")";
}

std::string BatteryService::title() const {
  return is_smartshunt(identity()) ? "SmartShunt " + label() : label();
}

// --- What it sends ---

void BatteryService::heard() {
  last_heard_ = context_.bus.loop().now();
  asked_at_.reset();
}

void BatteryService::on_signal(sd_bus_message* signal) {
  heard();
  const bool understood = take_signal(signal);
  if (!understood && !std::exchange(nonsense_said_, true)) {
    spdlog::warn("{} sends signals of an unknown form; they are ignored. Check its program",
                 label());
  }
  touch();
  ask_again_if_due();
}

bool BatteryService::take_signal(sd_bus_message* signal) {
  const std::string_view member = sd_bus_message_get_member(signal);
  const std::string_view path = sd_bus_message_get_path(signal);
  if (member == "PropertiesChanged") return battery_wire::take_properties(signal, record_);
  if (member == "ItemsChanged" && path == "/") return battery_wire::take_items(signal, record_);
  return true;
}

// --- The first look ---

void BatteryService::look() {
  if (std::exchange(looking_, true)) return;
  look_due_.reset();
  root_.call(kBusItem, "GetItems", context_.rules.patience.answer,
             [this](sd_bus_message* reply, const sdbus::Error* error) { on_items(reply, error); });
}

/// Services from before GetItems existed.
void BatteryService::look_at_tree() {
  root_.call(kBusItem, "GetValue", context_.rules.patience.answer,
             [this](sd_bus_message* reply, const sdbus::Error* error) { on_tree(reply, error); });
}

void BatteryService::on_items(sd_bus_message* reply, const sdbus::Error* error) {
  if (error == nullptr) return on_looked(battery_wire::take_items(reply, record_));
  if (call_error::is_unknown_there(*error)) return look_at_tree();
  on_look_refused(*error);
}

void BatteryService::on_tree(sd_bus_message* reply, const sdbus::Error* error) {
  if (error == nullptr) return on_looked(battery_wire::take_tree(reply, record_));
  on_look_refused(*error);
}

void BatteryService::on_looked(bool understood) {
  if (!understood) return on_look_failed("an answer of an unknown form");
  looking_ = false;
  if (std::exchange(lost_, false)) {
    if (!context_.losses.is_spent(context_.bus.loop().now()))
      spdlog::warn("{} answers again", title());
  } else if (failures_ > 0) {
    spdlog::info("{} answers now", label());
  }
  failures_ = 0;
  heard();
  answered_ = true;
  look_ended_ = true;
  touch();
}

/// Asked once more by itself. Whoever does not answer then either is asked when a signal shows that
/// it lives, or when it answers the question that is left open.
void BatteryService::on_look_failed(const std::string& why) {
  looking_ = false;
  ++failures_;
  look_ended_ = true;
  look_due_ = context_.bus.loop().now() + context_.rules.patience.before_retry;
  if (failures_ == 1) retry_at(*look_due_);
  if (failures_ == 1 && !counts()) {
    spdlog::warn(
        "Cannot read {}: {}. It is not counted until it answers; if it stays so, restart its "
        "program",
        label(), why);
  }
  touch();
}

void BatteryService::on_look_refused(const sdbus::Error& error) {
  on_look_failed(call_error::describe(error));
  if (is_missing() && open_questions_ == 0 && !call_error::is_from_service(error))
    ask(context_.bus.loop().now());
}

void BatteryService::retry_at(Instant at) {
  if (!retry_) retry_ = context_.bus.loop().add_timer([this] { retry(); });
  retry_->arm(at);
}

void BatteryService::retry() {
  if (failures_ == 1) return look();
  if (is_missing() && open_questions_ == 0) ask(context_.bus.loop().now());
}

/// A lost member's values are of unknown age: it counts again when it has told all of them.
void BatteryService::ask_again_if_due() {
  if (look_due_ ? failures_ > 1 && context_.bus.loop().now() >= *look_due_ : lost_) look();
}

// --- Whether it lives ---

std::optional<Instant> BatteryService::attend(Instant now, bool stood_still) {
  const WatchPatience& patience = context_.rules.patience;
  if (!counts() || !last_heard_ || patience.silence.count() == 0) return std::nullopt;
  const auto lost_at = [&] {
    return std::max(*last_heard_ + patience.silence, *asked_at_ + patience.to_question());
  };
  const Instant quiet_since = asked_at_.value_or(*last_heard_);
  if (asked_at_ && !stood_still && now >= lost_at()) {
    lose(now);
    return std::nullopt;
  }
  if (stood_still || now >= quiet_since + patience.before_question()) ask(now);
  if (!asked_at_) return quiet_since + patience.before_question();
  return std::min(*asked_at_ + patience.before_question(), lost_at());
}

/// Of something that every battery has: the answer is small, and news if a signal was missed.
void BatteryService::ask(Instant now) {
  asked_at_ = now;
  if (open_questions_ == kMaxOpenQuestions) return;
  ++open_questions_;
  if (!voltage_) voltage_.emplace(context_.bus, owner_, std::string(kVoltage.spec().path));
  voltage_->call(kBusItem, "GetValue", kOpenQuestion,
                 [this](sd_bus_message* reply, const sdbus::Error* error) {
                   on_question_ended(reply, error);
                 });
}

/// One that was open for so long may have been swallowed: another one is asked.
void BatteryService::on_question_ended(sd_bus_message* reply, const sdbus::Error* error) {
  --open_questions_;
  if (error != nullptr && !call_error::is_from_service(*error)) {
    if (is_missing()) retry_at(context_.bus.loop().now() + kQuestionRest);
    return;
  }
  heard();
  const auto signalled_v = record_.values()[kVoltage];
  if (reply != nullptr) battery_wire::take_value(reply, kVoltage.spec().path, record_);
  touch();
  // Something else than it has sent: it changes its values without a word, alarms as well.
  const bool missed = record_.values()[kVoltage] != signalled_v;
  if (missed || is_missing()) look();
}

void BatteryService::lose(Instant now) {
  lost_ = true;
  touch();
  if (context_.losses.is_spent(now)) return;
  const std::chrono::duration<double> silent = now - *last_heard_;
  spdlog::warn(
      "{} does not answer any more, and has sent nothing for {:.0f} s: it counts as lost until it "
      "answers. Restart its program, or check its cable",
      title(), silent.count());
}

// --- Conclusions ---

void BatteryService::touch() {
  if (!std::exchange(touched_, true)) context_.touched(*this);
}

BatteryService::Settled BatteryService::settle() {
  touched_ = false;
  const Chosen before = chosen_;
  const bool counted = counted_;
  const auto changes = record_.take_changes();
  if (answered_) chosen_ = member_rules::judge(identity(), context_.rules);
  if (membership() != before.membership) log_membership();
  log_faults();
  follow();
  counted_ = counts();
  return {.counting = counted_ != counted,
          .before = before.membership,
          .identity = changes.identity,
          .place = chosen_.place != before.place,
          .values = changes.values,
          .registers = std::exchange(registers_changed_, false)};
}

/// What is no shunt stays none: not listening any more saves a wake-up for each of its signals. One
/// that is excluded may be given another name, and any that of an included one; until then only
/// what tells services apart, and what is merged, is taken from its signals.
void BatteryService::follow() {
  if (!member_rules::may_change(membership(), context_.rules)) subscription_.reset();
  const bool may_count =
      membership() == Membership::member || membership() == Membership::undecided;
  const bool lacks_others = may_count && !record_.keeps_others();
  record_.keep_others(may_count);
  if (lacks_others) look();
  if (membership() == Membership::member) read_registers();
}

void BatteryService::read_registers() {
  if (!context_.rules.read_registers || registers_ || !SmartShuntRegisters::are_of(identity()))
    return;
  registers_ = std::make_unique<SmartShuntRegisters>(
      context_.bus, owner_, label(), context_.rules.patience, context_.losses, [this] {
        registers_changed_ = true;
        touch();
      });
}

void BatteryService::log_membership() const {
  if (membership() == Membership::no_shunt) return spdlog::debug("{} is no SmartShunt", label());
  if (context_.losses.is_spent(context_.bus.loop().now())) return;
  if (membership() == Membership::member) return spdlog::info("Found {}", title());
  if (membership() == Membership::excluded)
    return spdlog::info("{} is not counted: exclude_shunts names it", title());
  if (membership() == Membership::undecided)
    return spdlog::info("{} is not counted until it says again what it is", label());
  const std::string_view why = member_rules::why_not(membership());
  if (!why.empty()) spdlog::info("{} is not counted: {}", label(), why);
}

void BatteryService::log_faults() {
  if (!answered_ || membership() == Membership::no_shunt || membership() == Membership::derived) {
    return;
  }
  for (const auto& [path, fault] : record_.take_faults(membership() == Membership::member)) {
    spdlog::warn("{} sent a {} that is {}; it counts as unknown. Check it and its program", label(),
                 path, describe(fault));
  }
}

SeenBattery BatteryService::seen() const {
  return {.identity = identity(),
          .name = display_name(identity()),
          .membership = membership(),
          .place = chosen_.place,
          .hung = lost_ || (failures_ > 0 && !answered_),
          .last_heard = last_heard_};
}

MeasurementNode BatteryService::node() const {
  const MemberValues& told = record_.values();
  return {.service = name(),
          .serial = identity().serial,
          .physical_device = identity().physical_device,
          .owner = owner_,
          .arrival = arrival_,
          .is_member = counts() && chosen_.place.role == MemberRole::member,
          .is_aggregate = is_aggregate(identity()),
          .has_bms = told[q("/Info/MaxChargeVoltage")] || told[q("/Info/MaxChargeCurrent")] ||
                     told[q("/Info/MaxDischargeCurrent")],
          .tracks = parse_services(identity().tracks),
          .peers = parse_services(identity().peers),
          .authority = identity().authority,
          .instance = identity().device_instance};
}

WatchedMember BatteryService::watched(const std::string& id) const {
  WatchedMember shunt;
  shunt.snapshot.id = id;
  shunt.snapshot.service = name();
  shunt.snapshot.name = display_name(identity());
  shunt.place = chosen_.place;
  copy_values(shunt);
  return shunt;
}

void BatteryService::copy_values(WatchedMember& shunt) const {
  shunt.snapshot.values = record_.values();
  shunt.others = record_.others();
  if (!registers_) return;
  shunt.register_capacity_ah = registers_->settings().capacity_ah;
  shunt.register_charged_voltage_v = registers_->settings().charged_voltage_v;
  shunt.register_discharge_floor_percent = registers_->settings().discharge_floor_percent;
  shunt.discharge_floor_doubtful = registers_->settings().discharge_floor_doubtful;
  shunt.registers_pending = registers_->pending();
}

}  // namespace dmb
