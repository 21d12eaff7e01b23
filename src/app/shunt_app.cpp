// SPDX-License-Identifier: MIT
#include "dmb/app/shunt_app.h"

#include "dmb/codec/text.h"
#include "dmb/domain/aggregate_view.h"
#include "dmb/domain/battery_items.h"
#include "dmb/domain/life.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace dmb {
namespace {

constexpr std::int32_t kShuntProductId = 0xA389;  // specification 4.2: a SmartShunt to consumers
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
  return {config.total_capacity_ah, config.temp_cold_danger_c, config.temp_hot_danger_c};
}

std::optional<VirtualBms> bms_of(const ShuntConfig& config) {
  if (config.mode != ShuntMode::virtual_bms) return std::nullopt;
  return VirtualBms({.max_charge_voltage_v = config.max_charge_voltage_v.value(),
                     .max_charge_current_a = config.max_charge_current_a,
                     .max_discharge_current_a = config.max_discharge_current_a,
                     .temp_cold_danger_c = config.temp_cold_danger_c,
                     .temp_hot_danger_c = config.temp_hot_danger_c});
}

ShuntWatchRules watch_rules(const ShuntConfig& config, std::vector<std::string> own_services) {
  return {.own_services = std::move(own_services),
          .excluded = config.exclude_shunts,
          .included = config.include_shunts,
          .read_registers = config.capacity_mode == CapacityMode::registers,
          .patience = {.silence = config.timeout}};
}

void report_direction(const char* what, const BmsDirection& before, const BmsDirection& after) {
  if (before.reason == after.reason) return;
  if (!after.allowed)
    spdlog::warn("{} stopped: {}", what, printable(after.reason, 300));
  else if (!after.reason.empty())
    spdlog::warn("{}: {}", what, printable(after.reason, 300));
  else
    spdlog::warn("{} allowed again", what);
}

}  // namespace

ShuntApp::ShuntApp(Loop& loop, ShuntConfig config, std::vector<std::string> own_services)
    : loop_(loop),
      config_(std::move(config)),
      bank_(rules_of(config_)),
      bms_(bms_of(config_)),
      values_(battery_items().size()),
      wake_(loop, [this] { settle(); }),
      status_(loop.add_timer([this] { log_status(); })),
      device_(loop, description_of(config_), [this] { settle(); }),
      watcher_(device_.bus(), watch_rules(config_, std::move(own_services)),
               [this](const MemberNews& news) { on_news(news); }) {
  create_aggregate_items(values_);
  device_.describe(values_);
  if (config_.log_period.count() > 0) status_.arm(loop.now() + config_.log_period);
}

/// With many shunts, all but the one that sent something are as they were: only what it told is
/// looked at.
void ShuntApp::on_news(const MemberNews& news) {
  for (const std::string& id : news.forgotten) {
    capacities_.erase(id);
    if (bms_) bms_->forget(id);
  }
  if (news.all) {
    take_members();
    report_members();
    news_ = news;
  } else {
    const auto watched = watcher_.members();
    for (const std::size_t index : news.changed)
      bank_.set(index, watched[index].snapshot.values, capacity_ah(watched[index]));
    if (bms_ && !news_.all)
      news_.changed.insert(news_.changed.end(), news.changed.begin(), news.changed.end());
  }
  settle();
  hints_.look_now_and_then(hinted_bank(), loop_.now());
}

ShuntHints::Bank ShuntApp::hinted_bank() const {
  return {.members = bank_.members(),
          .config = config_,
          .complete = capacities_.size() == bank_.members().size()};
}

void ShuntApp::settle() {
  const Instant now = loop_.now();
  device_.identify(values_);
  report_nobody();
  if (bank_.empty())
    show_nobody(now);
  else
    show(now);
  join_or_leave();
  const auto due = device_.update(values_, now);
  const auto joining = device_.joined() || !first_member_at_
                           ? std::nullopt
                           : std::optional(*first_member_at_ + kPatience);
  wake_.at(earlier(earlier(due, joining && *joining > now ? joining : std::nullopt),
                   earlier(hold_until_, bms_ ? bms_->deadline() : std::nullopt)));
}

void ShuntApp::take_members() {
  std::vector<ShuntSnapshot> members;
  for (const WatchedShunt& shunt : watcher_.members()) {
    members.push_back(shunt.snapshot);
    members.back().capacity_ah = capacity_ah(shunt);
  }
  bank_.replace(std::move(members));
  if (capacities_.size() > kMaxShuntsSeen) forget_gone_members();
  if (bank_.empty()) return;
  const std::size_t online = bank_.members().size();
  show_members({online, capacities_.size() - online}, tracked_services(), values_);
}

std::optional<double> ShuntApp::capacity_ah(const WatchedShunt& shunt) {
  const ShuntValues& values = shunt.snapshot.values;
  MemberCapacity& capacity = capacities_[shunt.snapshot.id];
  capacity.learn(values[shunt_item("/ConsumedAmphours")], values[shunt_item("/Soc")]);
  const auto known_ah =
      capacity.capacity_ah({shunt.register_capacity_ah, values[shunt_item("/InstalledCapacity")]},
                           config_.capacity_mode);
  if (watcher_.looked_round()) report_capacity(shunt, known_ah);
  return known_ah;
}

void ShuntApp::forget_gone_members() {
  std::erase_if(capacities_, [this](const auto& seen) {
    return std::ranges::none_of(
        bank_.members(), [&seen](const ShuntSnapshot& member) { return member.id == seen.first; });
  });
}

void ShuntApp::show(Instant now) {
  hold_until_.reset();
  show_aggregate(bank_.aggregate(), values_);
  if (!bms_) return;
  const MemberNews news = std::exchange(news_, {.all = false, .changed = {}});
  const BmsOutput output = news.all ? bms_->update(bank_.members(), now)
                                    : bms_->update(bank_.members(), news.changed, now);
  show_bms(output, values_);
  report_bms(bms_shown_.value_or(BmsOutput{}), output);
  bms_shown_ = output;
}

/// The last member was lost: a monitor leaves at once, a BMS first stops the chargers and gives the
/// zero time to reach them (specification 3.5).
void ShuntApp::show_nobody(Instant now) {
  if (!bms_ || !device_.joined()) return;
  bms_->update(bank_.members(), now);
  if (!hold_until_) {
    hold_until_ = now + kFailSafeHold;
    spdlog::warn("{}: no shunt is heard any more: charging is stopped (CCL 0)",
                 config_.device_name);
  }
  show_bms_fail_safe(config_.stop_discharge_on_timeout, values_);
}

void ShuntApp::join_or_leave() {
  if (bank_.empty()) {
    const bool holding = bms_ && hold_until_ && loop_.now() < *hold_until_;
    if (!device_.joined() || holding) return;
    if (losses_said_.spend(loop_.now()) == LogBudget::Say::line)
      spdlog::error("{}: no shunt left; {} leaves the bus until one is back", config_.device_name,
                    device_.bus_name());
    hold_until_.reset();
    return device_.leave();
  }
  // Complete or not at all: every shunt has had its chance to answer, voltage and SoC are known.
  if (device_.joined() || !device_.identified() || !has_settled()) return;
  const BatteryIds& ids = battery_ids();
  if (values_[ids.voltage].value && values_[ids.soc].value) device_.join(values_);
}

/// Whether everything that can be known at once is known. A shunt that hangs, or whose registers
/// are slow, must not keep the others from the bus for long.
bool ShuntApp::has_settled() {
  if (!first_member_at_) first_member_at_ = loop_.now();
  const auto watched = watcher_.members();
  const bool complete =
      watcher_.looked_round() && std::none_of(watched.begin(), watched.end(),
                                              [](const auto& s) { return s.registers_pending; });
  return complete || loop_.now() >= *first_member_at_ + kPatience;
}

std::string ShuntApp::tracked_services() const {
  std::string list;
  for (const ShuntSnapshot& member : bank_.members()) {
    if (!list.empty()) list += ',';
    list += member.service;
  }
  return list;
}

void ShuntApp::report_nobody() {
  if (watcher_.looked_round() && bank_.empty() && capacities_.empty() &&
      repeats_.count("no shunts", loop_.now()) == 1u)
    spdlog::warn(
        "{}: no SmartShunt on the bus yet; waiting for one (is it connected, or named in "
        "exclude_shunts?)",
        config_.device_name);
}

void ShuntApp::report_members() {
  const std::vector<Present> before = std::exchange(present_, {});
  for (const ShuntSnapshot& member : bank_.members()) present_.push_back({member.id, member.name});
  const auto contains = [](const std::vector<Present>& list, const std::string& id) {
    return std::any_of(list.begin(), list.end(), [&id](const Present& p) { return p.id == id; });
  };
  for (const Present& shunt : before)
    if (!contains(present_, shunt.id) && losses_said_.spend(loop_.now()) == LogBudget::Say::line)
      spdlog::warn("{}: shunt {} is gone; {} left", config_.device_name, printable(shunt.name),
                   present_.size());
  report_charged_voltage();
}

void ShuntApp::report_capacity(const WatchedShunt& shunt,
                               const std::optional<double>& capacity_ah) {
  if (capacity_ah || config_.total_capacity_ah || shunt.registers_pending) return;
  if (repeats_.count("capacity " + shunt.snapshot.id, loop_.now()) == 1u)
    spdlog::warn(
        "{}: the battery capacity of shunt {} is not known yet, so that of the bank is not "
        "either; set total_capacity, or wait until its SoC is between 10 and 90 %",
        config_.device_name, printable(shunt.snapshot.name));
}

/// Shunts of one bank that count as full at different voltages drift apart (specification 4.3).
void ShuntApp::report_charged_voltage() {
  constexpr double kSameV = 0.05;
  const WatchedShunt* first = nullptr;
  for (const WatchedShunt& shunt : watcher_.members()) {
    if (!shunt.register_charged_voltage_v) continue;
    if (first == nullptr) first = &shunt;
    const double other_v = *first->register_charged_voltage_v;
    if (std::fabs(*shunt.register_charged_voltage_v - other_v) < kSameV) continue;
    if (repeats_.count("charged voltage", loop_.now()) == 1u)
      spdlog::warn(
          "{}: shunt {} has a charged voltage of {:.1f} V, shunt {} one of {:.1f} V: set "
          "them alike, or their SoC will drift apart",
          config_.device_name, printable(first->snapshot.name), other_v,
          printable(shunt.snapshot.name), *shunt.register_charged_voltage_v);
  }
}

void ShuntApp::report_bms(const BmsOutput& before, const BmsOutput& after) const {
  report_direction("charging", before.charge, after.charge);
  report_direction("discharging", before.discharge, after.discharge);
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
