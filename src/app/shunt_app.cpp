// SPDX-License-Identifier: MIT
#include "app/shunt_app.h"

#include "app/device_rules.h"

#include <utility>

namespace dmb {
namespace {

constexpr std::int32_t kShuntProductId = 0xA389;  // a SmartShunt to consumers
constexpr std::int32_t kBmsProductId = 0xBA77;

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

WatchRules watch_rules_of(const ShuntConfig& config, std::vector<std::string> own_services) {
  return {.own_services = std::move(own_services),
          .excluded = config.exclude_shunts,
          .included = config.include_shunts,
          .read_registers = config.capacity_mode == CapacityMode::registers,
          .patience = {.silence = config.timeout}};
}

}  // namespace

ShuntApp::ShuntApp(Loop& loop, ShuntConfig config, std::vector<std::string> own_services,
                   StateFile& state)
    : loop_(loop),
      state_(state),
      config_(std::move(config)),
      bank_(rules_of(config_)),
      host_(loop, bank_, description_of(config_),
            [this] {
              if (bank_.take_memory_news()) state_.changed();
            }),
      watcher_(host_.service().bus(), watch_rules_of(config_, std::move(own_services)),
               [this](const MemberNews& news) { on_news(news); }) {
  if (const BankMemory* memory = state.recall(config_.service_name))
    bank_.resume(*memory, loop.now());
}

void ShuntApp::change(ShuntConfig config, std::vector<std::string> own_services) {
  const bool other_kind = config.mode != config_.mode;
  config_ = std::move(config);
  if (other_kind) host_.service().leave();
  bank_.change_rules(rules_of(config_), loop_.now());
  if (other_kind) host_.describe();
  host_.change(description_of(config_));
  watcher_.change_rules(watch_rules_of(config_, std::move(own_services)));
  look_at({.all = true, .changed = {}});  // their capacities may come from elsewhere now
  host_.settle();
}

void ShuntApp::on_news(const MemberNews& news) {
  look_at(news);
  host_.settle();
  if (!bank_.asks_around(loop_.now())) return;
  bank_.handle(event::LookedAround{surroundings()}, loop_.now());
  host_.tell_notes(loop_.now());
}

void ShuntApp::look_at(const MemberNews& news) {
  bank_.handle(event::Members{watcher_.members(), news, watcher_.looked_round()}, loop_.now());
}

Surroundings ShuntApp::surroundings() const {
  Surroundings around{.other_monitors = {}, .unmatched_entries = watcher_.unmatched()};
  for (const SeenBattery& seen : watcher_.seen())
    if (seen.membership == Membership::no_shunt && is_other_monitor(seen.identity))
      around.other_monitors.push_back(seen.name);
  return around;
}

}  // namespace dmb
