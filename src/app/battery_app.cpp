// SPDX-License-Identifier: MIT
#include "app/battery_app.h"

#include "app/battery_setup.h"
#include "app/device_rules.h"
#include "dmb/device/limits_view.h"

#include <utility>

namespace dmb {

BatteryApp::BatteryApp(Loop& loop, BatteryConfig config, const std::string& connection, Ask ask,
                       std::function<void(const BatteryApp&)> settled, StateFile& state, Tape& tape)
    : loop_(loop),
      state_(state),
      tape_(tape),
      config_(std::move(config)),
      ask_(std::move(ask)),
      settled_(std::move(settled)),
      source_(make_source()),
      battery_(rules_of(config_, *source_)),
      taped_(tape, battery_, config_.service_name,
             [this](DecisionWatch& watch) { return watch.look(battery_); }),
      host_(loop, taped_, description_of(config_, connection), config_.on_bus,
            [this] { on_settled(); }),
      panel_(loop, taped_, host_),
      burst_end_(loop, [this] { on_burst_end(); }) {
  tape_.add(record::Created{config_.service_name});
  host_.offer_cells(
      {[this] { return is_live() ? std::size_t{1} : 0; }, [this] { return page_packs(); }});
  host_.recall_settings(state.recall_settings(config_.service_name));
  resume_charge_control();
  panel_.offer(switch_offer());
}

BatteryApp::~BatteryApp() {
  tape_.add(record::Ended{config_.service_name});
}

void BatteryApp::on_settled() {
  for (const std::string& question : battery_.take_questions()) ask_(question);
  const ChargeControl* control = battery_.model().charge_control();
  panel_.show(battery_.model().limits().max_charge_current.exists,
              control != nullptr && control->full_charge_wanted());
  if (battery_.take_memory_news() || host_.take_settings_news()) state_.changed();
  if (!config_.control) {
    with_limits_ = values();
    show_limits(battery_.model().limits(), with_limits_);
  }
  settled_(*this);
}

/// One that is not on the bus cannot be switched.
std::optional<SwitchOffer> BatteryApp::switch_offer() const {
  if (!config_.switches || !config_.on_bus) return std::nullopt;
  SwitchOffer offer{.limits = config_.control,
                    .charge_control = config_.control && config_.charge_control};
  if (offer.charge_control) {
    offer.max_charge_current_a = config_.charge_control->max_charge_current_a;
    offer.max_discharge_current_a = config_.charge_control->max_discharge_current_a;
  }
  return offer;
}

void BatteryApp::resume_charge_control() {
  const auto* memory = state_.recall_charge_control(config_.service_name);
  if (memory == nullptr) return;
  tape_memory(*memory);
  battery_.resume(*memory, loop_.now());
}

void BatteryApp::tape_memory(const ChargeMemory& memory) {
  if (!tape_.is_on()) return;
  record::Resumed resumed{.device = config_.service_name, .memory = {}};
  resumed.memory.charge_controls.emplace(config_.service_name, memory);
  tape_.add(std::move(resumed));
}

void BatteryApp::tape_creation() {
  tape_.add(record::Created{config_.service_name});
  if (const auto memory = charge_memory()) tape_memory(*memory);
  taped_.tell_standing_events();
}

std::vector<PagePack> BatteryApp::page_packs() const {
  if (!is_live()) return {};
  return {page_pack_of(values(), config_.service_name, config_.device_name)};
}

std::unique_ptr<BatterySource> BatteryApp::make_source() {
  return make_battery_source(config_,
                             [this](const Event& event, Instant at) { handle(event, at); });
}

void BatteryApp::change(BatteryConfig config, const std::string& connection) {
  tape_.add(record::Changed{config_.service_name, config.service_name});
  const bool same_kind = config.map.has_value() == config_.map.has_value();
  config_ = std::move(config);
  if (same_kind)
    source_->change(config_);
  else
    source_ = make_source();
  const bool had_charge_control = battery_.model().charge_control() != nullptr;
  battery_.change_rules(rules_of(config_, *source_));
  if (!had_charge_control) resume_charge_control();
  panel_.offer(switch_offer());
  host_.change(description_of(config_, connection), config_.on_bus);
  settle();
}

void BatteryApp::on_connected() {
  taped_.handle(event::Connected{}, loop_.now());
  host_.tell_notes(loop_.now());
}

void BatteryApp::on_message(const MqttMessage& message) {
  source_->receive(message);
}

void BatteryApp::on_oversized(const MqttOversized& message) {
  source_->receive_oversized(message, loop_.now());
}

void BatteryApp::on_burst_end() {
  if (tape_.is_on()) tape_.add(record::BurstsEnded{config_.service_name});
  source_->end_bursts(loop_.now());
  settle();
}

void BatteryApp::settle() {
  host_.settle();
  burst_end_.at(source_->due());
}

std::optional<Forgetting> BatteryApp::forget_sensors(const std::string& name) {
  const bool is_it = is_called(description_of(config_, ""), name) || name == config_.label;
  if (battery_.model().charge_control() == nullptr || !is_it) return std::nullopt;
  tape_.add(record::SensorsForgotten{config_.service_name});
  if (!battery_.forget_missing_sensors()) return Forgetting::present;
  settle();
  return Forgetting::forgotten;
}

void BatteryApp::compare(const LimitsInForce& in_force) {
  if (config_.control) return;
  const Instant now = loop_.now();
  trial_.compare(is_live() ? compared_limits(battery_.model().limits()) : ComparedLimits(),
                 in_force, now);
  if (auto hour = trial_.take_ended()) host_.tell({note::TrialHourOver{std::move(*hour)}}, now);
}

/// Told at once: a flood of messages must not pile up what is noted of them.
void BatteryApp::handle(const Event& event, Instant at) {
  battery_.handle(event, at);
  host_.tell_notes(at);
}

}  // namespace dmb
