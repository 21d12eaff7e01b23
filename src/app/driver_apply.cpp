// SPDX-License-Identifier: MIT
// What a config asks for, made of what runs: only the difference is touched.
#include "app/driver.h"
#include "dmb/codec/text.h"
#include "dmb/codec/topic.h"
#include "runtime/identity.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace dmb {
namespace {

constexpr std::chrono::seconds kRetry{10};

std::string client_id_for(const Config& config) {
  return std::string(kProgramName) + "-" + local_device_id() + "-" +
         std::to_string(config.batteries.front().device_instance);
}

/// The same battery under its name on the bus, or, when that changes, by what it reads.
using Batteries = std::vector<std::unique_ptr<BatteryApp>>;

MqttInterest interest_of(const Batteries& batteries) {
  MqttInterest interest;
  for (const auto& battery : batteries) {
    const auto timeout = battery->config().timeout;
    if (timeout.count() > 0)
      interest.patience = std::min(interest.patience.value_or(timeout), timeout);
    for (std::string& filter : battery->source().filters())
      interest.filters.push_back(std::move(filter));
    if (auto keepalive = battery->source().keepalive())
      interest.keepalive_topics.push_back(std::move(*keepalive));
  }
  interest.filters = without_covered(std::move(interest.filters));
  return interest;
}

template <typename Same>
std::unique_ptr<BatteryApp> take(Batteries& batteries, Same same) {
  const auto found = std::ranges::find_if(
      batteries, [&](const auto& battery) { return battery && same(battery->config()); });
  return found == batteries.end() ? nullptr : std::move(*found);
}

/// What once was a limit must not stay behind as a mere value.
bool has_same_service(const BatteryConfig& a, const BatteryConfig& b) {
  return a.service_name == b.service_name && a.device_instance == b.device_instance &&
         a.control == b.control;
}

bool reads_the_same(const BatteryConfig& a, const BatteryConfig& b) {
  return a.topic == b.topic && a.map == b.map && a.control == b.control;
}

using Banks = std::vector<std::unique_ptr<BankApp>>;

std::unique_ptr<BankApp> take_bank(Banks& banks, const BankConfig& wanted) {
  const auto found = std::ranges::find_if(banks, [&](const auto& bank) {
    return bank && bank->description().service_name == wanted.service_name &&
           bank->controls() == wanted.control;
  });
  return found == banks.end() ? nullptr : std::move(*found);
}

/// Which battery goes on as which: by index of `wanted`; nullptr where there was none. What is left
/// in `running` is not wanted any more.
Batteries match(Batteries& running, const std::vector<BatteryConfig>& wanted) {
  Batteries matched(wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i)
    matched[i] = take(running, [&](const auto& was) { return has_same_service(was, wanted[i]); });
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (!matched[i])
      matched[i] = take(running, [&](const auto& was) { return reads_the_same(was, wanted[i]); });
  return matched;
}

}  // namespace

void Driver::apply(const Config& config) {
  retry_.disarm();
  const bool same_broker = applied_.broker == config.broker;
  applied_ = config;
  for (const auto& bank : banks_) bank->release_batteries();
  apply_batteries();
  apply_broker(same_broker);
  apply_shunts();
  apply_banks();
  apply_trial();
  publishing_.apply(applied_);
}

/// Starts something that needs a connection to the bus of its own. The daemon may refuse one more;
/// that must not end what runs.
bool Driver::attempt(const std::string& what, const std::function<void()>& start) try {
  start();
  failures_.forget(what);
  return true;
} catch (const std::exception& error) {
  if (!status_server_) throw;  // there is no bus at all
  if (failures_.count(what, loop_.now()))
    spdlog::error("{} cannot start: {}; trying again every {} s", what,
                  printable(error.what(), 300), kRetry.count());
  retry_.arm(loop_.now() + kRetry);
  return false;
}

void Driver::apply_batteries() {
  Batteries running = std::exchange(batteries_, {});
  Batteries matched = match(running, applied_.batteries);
  running.clear();  // their names and connections are free now
  for (std::size_t i = 0; i < matched.size(); ++i) {
    const BatteryConfig& wanted = applied_.batteries[i];
    auto& battery = matched[i];
    const bool works = attempt(wanted.device_name, [&] {
      if (battery) return battery->change(wanted, broker_text());
      battery = std::make_unique<BatteryApp>(
          loop_, wanted, broker_text(), [this](const std::string& topic) { ask(topic); },
          [this](const BatteryApp& b) { on_battery(b); }, state_, tape_);
    });
    if (works) batteries_.push_back(std::move(battery));
  }
  rebuild_routes();
}

void Driver::rebuild_routes() {
  routes_ = {};
  for (std::size_t i = 0; i < batteries_.size(); ++i)
    for (const std::string& filter : batteries_[i]->source().filters())
      routes_.add_filter(filter, i);
}

void Driver::apply_broker(bool same_broker) {
  if (!applied_.broker) return mqtt_.reset();
  std::string client_id = client_id_for(applied_);
  if (mqtt_ && same_broker && client_id == client_id_) {
    const MqttInterest interest = interest_of(batteries_);
    std::erase_if(received_.refused_filters, [&interest](const std::string& filter) {
      return std::ranges::find(interest.filters, filter) == interest.filters.end();
    });
    return mqtt_->set_interest(interest);
  }
  mqtt_.reset();
  broker_state_ = BrokerState(loop_.now(), broker_text());
  received_ = {};
  client_id_ = std::move(client_id);
  mqtt_ = std::make_unique<MqttSource>(loop_, *applied_.broker, client_id_, interest_of(batteries_),
                                       [this](std::span<MqttEvent> events) { on_mqtt(events); });
  mqtt_->hurry_while([this] {
    return std::ranges::any_of(batteries_, [](const auto& battery) { return battery->is_live(); });
  });
}

std::vector<std::string> Driver::own_services() const {
  std::vector<std::string> own;
  if (applied_.shunts) own.push_back(bus_name_of(applied_.shunts->service_name));
  for (const BatteryConfig& battery : applied_.batteries)
    own.push_back(bus_name_of(battery.service_name));
  for (const BankConfig& bank : applied_.banks) own.push_back(bus_name_of(bank.service_name));
  return own;
}

void Driver::apply_shunts() {
  if (!applied_.shunts) return shunts_.reset();
  attempt(applied_.shunts->device_name, [&] {
    BankSetup setup = setup_of(*applied_.shunts, own_services());
    if (shunts_) return shunts_->change(std::move(setup));
    shunts_ = std::make_unique<BankApp>(loop_, std::move(setup), state_, tape_,
                                        [this] { publishing_.look(); });
  });
}

/// Whoever does not control wants to know what would be otherwise.
void Driver::apply_trial() {
  const auto controls = [](const auto& config) { return config.control; };
  if (std::ranges::all_of(applied_.batteries, controls) &&
      std::ranges::all_of(applied_.banks, controls))
    return limits_in_force_.reset();
  if (limits_in_force_) return;
  attempt("The comparison with the limits in force", [&] {
    limits_in_force_ = std::make_unique<LimitsInForceWatch>(
        loop_, [this](const LimitsInForce& in_force) { on_limits_in_force(in_force); });
  });
}

/// The same bank under its name on the bus; another one starts anew.
void Driver::apply_banks() {
  Banks running = std::exchange(banks_, {});
  Banks matched(applied_.banks.size());
  for (std::size_t i = 0; i < matched.size(); ++i)
    matched[i] = take_bank(running, applied_.banks[i]);
  running.clear();  // their names are free now
  std::vector<const BatteryApp*> batteries;
  for (const auto& battery : batteries_) batteries.push_back(battery.get());
  for (std::size_t i = 0; i < matched.size(); ++i) {
    const BankConfig& wanted = applied_.banks[i];
    auto& bank = matched[i];
    const bool works = attempt(wanted.device_name, [&] {
      BankSetup setup = setup_of(wanted, applied_.batteries, own_services());
      if (bank)
        bank->change(std::move(setup));
      else
        bank = std::make_unique<BankApp>(loop_, std::move(setup), state_, tape_,
                                         [this] { publishing_.look(); });
      bank->take_batteries(batteries);
    });
    if (works) banks_.push_back(std::move(bank));
  }
}

}  // namespace dmb
