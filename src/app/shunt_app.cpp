// SPDX-License-Identifier: MIT
#include "app/shunt_app.h"

#include "dmb/codec/text.h"
#include "dmb/domain/aggregate_view.h"
#include "dmb/domain/battery_items.h"
#include "dmb/domain/limits.h"
#include "shunt_log.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace dmb {
namespace {

constexpr std::int32_t kShuntProductId = 0xA389;  // a SmartShunt to consumers
constexpr std::int32_t kBmsProductId = 0xBA77;
constexpr std::chrono::milliseconds kPatience{500};

DeviceDescription description_of(const ShuntConfig& config) {
  const bool bms = config.mode == ShuntMode::virtual_bms;
  return {.service_name = config.service_name,
          .device_name = config.device_name,
          .preferred_instance = config.device_instance,
          .product_id = config.product_id.value_or(bms ? kBmsProductId : kShuntProductId),
          .product_name = bms ? "Aggregate BMS" : "SmartShunt Aggregate",
          .connection = "D-Bus",
          .times = {config.min_update_interval, life_interval(config.timeout)}};
}

AggregateRules rules_of(const ShuntConfig& config) {
  return {config.total_capacity_ah, config.temp_cold_danger_c, config.temp_hot_danger_c,
          config.time_to_go};
}

ShuntWatchRules watch_rules_of(const ShuntConfig& config, std::vector<std::string> own_services) {
  return {.own_services = std::move(own_services),
          .excluded = config.exclude_shunts,
          .included = config.include_shunts,
          .read_registers = config.capacity_mode == CapacityMode::registers,
          .patience = {.silence = config.timeout}};
}

bool is_bms(const ShuntConfig& config) {
  return config.mode == ShuntMode::virtual_bms;
}

StandingRules standing_rules_of(const ShuntConfig& config) {
  return {.alarms_needed = is_bms(config), .max_charge_voltage_v = config.max_charge_voltage_v};
}

std::optional<std::size_t> expected_of(const ShuntConfig& config) {
  if (!config.expected_shunts) return std::nullopt;
  return static_cast<std::size_t>(*config.expected_shunts);
}

BmsRules bms_rules_of(const ShuntConfig& config) {
  return {.max_charge_voltage_v = config.max_charge_voltage_v.value(),
          .max_charge_current_a = config.max_charge_current_a,
          .max_discharge_current_a = config.max_discharge_current_a,
          .temp_cold_danger_c = config.temp_cold_danger_c,
          .temp_hot_danger_c = config.temp_hot_danger_c,
          .stop_discharge_when_all_lost = config.stop_discharge_on_timeout,
          .expected_shunts = expected_of(config)};
}

std::optional<VirtualBms> bms_of(const ShuntConfig& config) {
  if (!is_bms(config)) return std::nullopt;
  return VirtualBms(bms_rules_of(config));
}

}  // namespace

ShuntApp::ShuntApp(Loop& loop, ShuntConfig config, std::vector<std::string> own_services,
                   StateFile& state)
    : loop_(loop),
      state_(state),
      config_(std::move(config)),
      bank_(rules_of(config_), standing_rules_of(config_)),
      life_(is_bms(config_)),
      bms_(bms_of(config_)),
      values_(battery_items().size()),
      log_(std::make_unique<ShuntLog>(config_.device_name)),
      wake_(loop, [this] { settle(); }),
      status_(loop.add_timer([this] { log_status(); })),
      device_(loop, description_of(config_), [this] { settle(); }),
      watcher_(device_.bus(), watch_rules_of(config_, std::move(own_services)),
               [this](const MemberNews& news) { on_news(news); }) {
  if (const BankMemory* memory = state.recall(config_.service_name)) {
    if (bms_)
      bms_->resume(*memory, loop.now());
    else
      known_.resume(*memory, loop.now());
    for (const BankMemory::Shunt& shunt : memory->shunts)
      if (shunt.capacity_ah) capacities_[shunt.id].remember(*shunt.capacity_ah);
  }
  known().expect(expected_of(config_));
  forget_excluded();
  create_aggregate_items(values_);
  device_.describe(values_);
  if (config_.log_period.count() > 0) status_.arm(loop.now() + config_.log_period);
}

ShuntApp::~ShuntApp() = default;

void ShuntApp::change(ShuntConfig config, std::vector<std::string> own_services) {
  const bool was_bms = is_bms(config_);
  config_ = std::move(config);
  log_->rename(config_.device_name);
  bank_.change_rules(rules_of(config_), standing_rules_of(config_), loop_.now());
  if (was_bms != is_bms(config_))
    change_mode();
  else if (bms_)
    bms_->change_rules(bms_rules_of(config_));
  known().expect(expected_of(config_));
  device_.change(description_of(config_), values_);
  watcher_.change_rules(watch_rules_of(config_, std::move(own_services)));
  forget_excluded();
  take_shunts();  // their capacities may come from elsewhere now
  if (config_.log_period.count() > 0)
    status_.arm(loop_.now() + config_.log_period);
  else
    status_.disarm();
  settle();
}

/// One that is not there cannot say that it is excluded.
void ShuntApp::forget_excluded() {
  const auto is_excluded = [this](const auto& known) {
    const ServiceIdentity identity{
        .service = known.first, .custom_name = known.second.name, .serial = known.first};
    return !known.second.present &&
           std::ranges::any_of(config_.exclude_shunts, [&identity](const std::string& entry) {
             return is_named(identity, entry);
           });
  };
  for (const auto& shunt : known().all())
    if (is_excluded(shunt)) forgotten_.push_back(shunt.first);
}

/// A monitor must not even have the items of a BMS, so that the service has to come anew.
void ShuntApp::change_mode() {
  device_.leave();
  KnownShunts seen = std::move(known());
  bms_ = bms_of(config_);
  bms_now_.reset();
  known() = std::move(seen);
  life_ = BankLife(is_bms(config_));
  values_ = ItemValues(battery_items().size());
  create_aggregate_items(values_);
  device_.describe(values_);
}

BankMemory ShuntApp::memory() const {
  return bms_ ? bms_->memory(loop_.now()) : known_.memory(loop_.now());
}

/// With many shunts, all but the one that sent something are as they were: only what it told is
/// looked at.
void ShuntApp::on_news(const MemberNews& news) {
  for (const std::string& id : news.forgotten) {
    capacities_.erase(id);
    floors_.erase(id);
    forgotten_.push_back(id);
  }
  if (news.all) {
    take_shunts();
  } else {
    const auto watched = watcher_.members();
    for (const std::size_t index : news.changed) {
      const WatchedShunt& shunt = watched[index];
      const auto known_ah = capacity_ah(shunt);
      bank_.set(index, shunt.snapshot.values, known_ah, floor_percent(shunt, known_ah),
                loop_.now());
    }
  }
  settle();
  hints_.look_now_and_then(hinted_bank(), loop_.now());
}

ShuntHints::Bank ShuntApp::hinted_bank() const {
  return {.members = bank_.members(), .config = config_, .complete = known().lost() == 0};
}

void ShuntApp::take_shunts() {
  std::vector<ShuntSnapshot> shunts;
  for (const WatchedShunt& shunt : watcher_.members()) {
    shunts.push_back(shunt.snapshot);
    shunts.back().capacity_ah = capacity_ah(shunt);
    shunts.back().discharge_floor_percent = floor_percent(shunt, shunts.back().capacity_ah);
  }
  bank_.replace(std::move(shunts), loop_.now());
  if (capacities_.size() > kMaxShuntsSeen) forget_what_is_gone();
  log_->charged_voltages(watcher_.members(), loop_.now());
}

std::optional<double> ShuntApp::capacity_ah(const WatchedShunt& shunt) {
  const ShuntValues& values = shunt.snapshot.values;
  MemberCapacity& capacity = capacities_[shunt.snapshot.id];
  capacity.learn(values[shunt_item("/ConsumedAmphours")], values[shunt_item("/Soc")]);
  const CapacitySources sources =
      capacity.complete({shunt.register_capacity_ah, values[shunt_item("/InstalledCapacity")]});
  const auto known_ah = capacity.capacity_ah(sources, config_.capacity_mode);
  if (!known_ah && watcher_.looked_round() && !config_.total_capacity_ah &&
      !shunt.registers_pending)
    log_->capacity_unknown(shunt.snapshot, loop_.now());
  return known_ah;
}

std::optional<double> ShuntApp::floor_percent(const WatchedShunt& shunt,
                                              std::optional<double> capacity_ah) {
  DischargeFloor& floor = floors_[shunt.snapshot.id];
  floor.learn({shunt.register_discharge_floor_percent, shunt.discharge_floor_doubtful},
              shunt.snapshot.values, capacity_ah);
  const auto percent = floor.percent();
  if (!percent) floors_.erase(shunt.snapshot.id);  // nothing to be kept of strangers
  return percent;
}

void ShuntApp::forget_what_is_gone() {
  const auto is_gone = [this](const auto& seen) {
    return std::ranges::none_of(
        bank_.all(), [&seen](const ShuntSnapshot& shunt) { return shunt.id == seen.first; });
  };
  std::erase_if(capacities_, is_gone);
  std::erase_if(floors_, is_gone);
}

/// What is true now, and what the bus is to show of it.
void ShuntApp::settle() {
  const Instant now = loop_.now();
  device_.identify(values_);
  if (has_settled(now)) take_stock(now);
  const BankLife::Phase before = life_.phase();
  if (life_.advance(settled_ && is_usable(now), now)) report_phase(before, now);
  if (life_.phase() == BankLife::Phase::on) show(now);
  if (life_.phase() == BankLife::Phase::holding) show_last_word(now);
  join_or_leave();
  const auto published = publish(now);
  const auto settling =
      settled_ || !first_member_at_ ? std::nullopt : std::optional(*first_member_at_ + kPatience);
  const auto lowering =
      life_.phase() == BankLife::Phase::on ? charge_stop_.next_change(now) : std::nullopt;
  const auto stock = !settled_ ? std::nullopt : bms_ ? bms_->deadline() : known_.deadline();
  wake_.at(earlier(earlier(earlier(published, settling), lowering),
                   earlier(earlier(life_.deadline(), bank_.deadline()), stock)));
}

/// Returns when to call again. A bank lives while it is on: a shunt that falls silent is found out
/// by the watcher, and one whose values stand still is as good as any.
std::optional<Instant> ShuntApp::publish(Instant now) {
  if (const auto due = device_.update(values_, now)) return due;
  if (life_.phase() != BankLife::Phase::on || !device_.joined()) return std::nullopt;
  if (const auto due = device_.show_life(values_, now, now)) return due;
  return device_.next_life();
}

/// Whether everything that can be known at once is known. A shunt that hangs, or whose registers
/// are slow, must not keep the others from the bus for long.
bool ShuntApp::has_settled(Instant now) {
  if (settled_) return true;
  if (watcher_.looked_round() && watcher_.members().empty()) log_->nobody_found(now);
  if (bank_.empty()) {
    if (watcher_.looked_round()) log_->members(bank_.all(), now);
    return false;
  }
  if (!first_member_at_) first_member_at_ = now;
  const auto watched = watcher_.members();
  const bool complete = watcher_.looked_round() && std::ranges::none_of(watched, [](const auto& s) {
                          return s.registers_pending;
                        });
  settled_ = complete || now >= *first_member_at_ + kPatience;
  return settled_;
}

/// Who is there, who is missing, and what that allows. Off the bus as well: what has to wait for
/// its time must not be found waiting when the bank comes back.
void ShuntApp::take_stock(Instant now) {
  const BankNews news = bank_.take_news();
  for (const std::string& id : std::exchange(forgotten_, {})) known().drop(id);
  if (news.all) {
    state_.changed();
    known().set_mute(count_mute());
    log_->members(bank_.all(), now);
  }
  if (bms_) {
    const BmsOutput output = news.all ? bms_->update(bank_.members(), now)
                                      : bms_->update(bank_.members(), news.changed, now);
    if (bms_now_ != output) state_.changed();
    if (!bank_.empty()) {
      log_->limits(bms_now_.value_or(BmsOutput{}), output, now);
      bms_now_ = output;
    }
  } else {
    if (news.all) known_.look(bank_.members(), now);
    known_.let_pass(now);
  }
  if (news.all && !bank_.empty())
    show_members({known().present(), known().lost()}, tracked_services(), values_);
}

/// Shunts that are there and should count: of them it is known that they are missing.
std::size_t ShuntApp::count_mute() const {
  return static_cast<std::size_t>(std::ranges::count_if(bank_.all(), [](const ShuntSnapshot& s) {
    return !is_heard(s.standing) && s.standing != Standing::other_bank;
  }));
}

/// A charge voltage that cannot be this bank's is worse than none.
bool ShuntApp::is_usable(Instant now) {
  misfit_ = false;
  if (bank_.empty()) return false;
  const auto voltage_v = bank_.aggregate(now).values[shunt_item("/Dc/0/Voltage")];
  if (!bms_ || charge_voltage_fits(*config_.max_charge_voltage_v, voltage_v)) {
    log_->charge_voltage_fits();
    return true;
  }
  misfit_ = true;
  last_voltage_v_ = voltage_v;
  log_->charge_voltage_misfit(*config_.max_charge_voltage_v, *voltage_v, now);
  return false;
}

void ShuntApp::show(Instant now) {
  const Aggregate& bank = bank_.aggregate(now);
  bank_.steady_soc();
  last_voltage_v_ = bank.values[shunt_item("/Dc/0/Voltage")];
  show_aggregate(bank, values_);
  if (!bms_now_) return;
  BmsOutput output = *bms_now_;
  const bool lowered = charge_stop_.lowered();
  const auto cvl_v =
      charge_stop_.update({.stopped = !output.charge.allowed,
                           .max_charge_voltage_v = output.max_charge_voltage_v,
                           .voltage_v = last_voltage_v_,
                           .current_a = bank.values[shunt_item("/Dc/0/Current")],
                           .capacity_ah = bank.values[shunt_item("/InstalledCapacity")],
                           .cells = {}},
                          now);
  if (cvl_v) output.max_charge_voltage_v = *cvl_v;
  if (charge_stop_.lowered() != lowered)
    log_->lowered(charge_stop_.lowered(), output.max_charge_voltage_v);
  show_bms(output, values_);
}

/// A monitor leaves at once, a BMS first stops the chargers and gives the zero time to reach them.
void ShuntApp::show_last_word(Instant now) {
  const double configured_v = *config_.max_charge_voltage_v;
  const auto stopped_v = charge_stop_.update({.stopped = true,
                                              .max_charge_voltage_v = configured_v,
                                              .voltage_v = last_voltage_v_,
                                              .current_a = {},
                                              .capacity_ah = {},
                                              .cells = {}},
                                             now);
  const double measured_v = last_voltage_v_.value_or(configured_v);
  show_fail_safe({.reason = why_not_usable(),
                  .max_charge_voltage_v = misfit_ ? std::min(configured_v, measured_v) : stopped_v,
                  .stop_discharge = config_.stop_discharge_on_timeout,
                  .nobody_heard = !misfit_},
                 values_);
}

std::string_view ShuntApp::why_not_usable() const {
  return misfit_ ? "max_charge_voltage does not fit the measured voltage"
                 : "no shunt is heard any more";
}

void ShuntApp::report_phase(BankLife::Phase before, Instant now) {
  if (life_.phase() == BankLife::Phase::holding) return log_->holding(why_not_usable());
  if (life_.phase() == BankLife::Phase::off && before != BankLife::Phase::off)
    log_->left(device_.bus_name(), why_not_usable(), now);
}

/// Complete or not at all. That it left in between for another instance changes nothing.
void ShuntApp::join_or_leave() {
  const bool wanted = life_.phase() != BankLife::Phase::off;
  if (!wanted && device_.joined()) device_.leave();
  if (wanted && !device_.joined() && device_.identified()) device_.join(values_);
}

std::string ShuntApp::tracked_services() const {
  std::string list;
  for (const ShuntSnapshot& member : bank_.members()) {
    if (!list.empty()) list += ',';
    list += member.service;
  }
  return list;
}

void ShuntApp::log_status() {
  status_.arm(loop_.now() + config_.log_period);
  const auto text = [this](ItemId id) {
    return format_text(values_[id].value, battery_items()[id].text);
  };
  const BatteryIds& ids = battery_ids();
  spdlog::info("{}: {} shunts, {}, {}, {}, SoC {}", config_.device_name, bank_.members().size(),
               text(ids.voltage), text(ids.current), text(ids.power), text(ids.soc));
}

}  // namespace dmb
