// SPDX-License-Identifier: MIT
#include "app/shunt_app.h"

#include "app/device_rules.h"
#include "dmb/battery/quantity.h"
#include "dmb/codec/text.h"

#include <spdlog/spdlog.h>

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
      status_(loop.add_timer([this] { log_status(); })),
      host_(loop, bank_, description_of(config_),
            [this] {
              if (bank_.take_memory_news()) state_.changed();
            }),
      watcher_(host_.service().bus(), watch_rules_of(config_, std::move(own_services)),
               [this](const MemberNews& news) { on_news(news); }) {
  if (const BankMemory* memory = state.recall(config_.service_name))
    bank_.resume(*memory, loop.now());
  arm_log_status();
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
  arm_log_status();
  host_.settle();
}

void ShuntApp::on_news(const MemberNews& news) {
  look_at(news);
  host_.settle();
  hints_.look_now_and_then(hinted_bank(), loop_.now());
}

void ShuntApp::look_at(const MemberNews& news) {
  bank_.handle(event::Members{watcher_.members(), news, watcher_.looked_round()}, loop_.now());
}

ShuntHints::Bank ShuntApp::hinted_bank() const {
  return {.members = bank_.members(), .config = config_, .complete = bank_.lost() == 0};
}

void ShuntApp::arm_log_status() {
  if (config_.log_period.count() > 0)
    status_.arm(loop_.now() + config_.log_period);
  else
    status_.disarm();
}

void ShuntApp::log_status() {
  status_.arm(loop_.now() + config_.log_period);
  const auto text = [this](Quantity id) {
    return format_text(bank_.values()[id].value, id.spec().text);
  };
  spdlog::info("{}: {} shunts, {}, {}, {}, SoC {}", config_.device_name, bank_.members().size(),
               text(q("/Dc/0/Voltage")), text(q("/Dc/0/Current")), text(q("/Dc/0/Power")),
               text(q("/Soc")));
}

}  // namespace dmb
