// SPDX-License-Identifier: MIT
#include "app/device_rules.h"
#include "sources/mqtt/battery_source.h"
#include "stage.h"

#include <string>

namespace dmb::test {
namespace {

/// The broker's side of one battery.
class BatteryStage : public Stage {
 public:
  explicit BatteryStage(const Config& config) : config_(config.batteries.front()) { begin(); }

  void play(const TranscriptLine& event, Instant now) override {
    std::string_view text = event.text;
    const std::string_view verb = take_word(text);
    if (verb == "message" || verb == "stored") {
      const std::string topic(text.starts_with('@') ? take_word(text).substr(1)
                                                    : std::string_view(config_.topic));
      source_->receive({topic, std::string(text), verb == "stored", now});
    } else if (verb == "oversized") {
      source_->receive_oversized({config_.topic, 300'000}, now);
    } else if (verb == "heartbeat") {
      battery_->handle(event::Heartbeat{text == "stored"}, now);
    } else if (verb == "connected") {
      battery_->handle(event::Connected{}, now);
    } else {
      throw BadTranscript(event, "no event of a battery");
    }
  }

  void end_turn(Instant) override {}

  void change(const Config& config, Instant) override {
    const bool same_kind = config.batteries.front().map.has_value() == config_.map.has_value();
    config_ = config.batteries.front();
    if (same_kind)
      source_->change(config_);
    else
      source_ = make_source();
    battery_->change_rules(rules_of(config_, *source_));
  }

  void restart(const Config& config, Instant) override {
    config_ = config.batteries.front();
    begin();
  }

  Device& device() override { return *battery_; }
  bool is_holding() const override { return battery_->model().phase() == Life::Phase::holding; }

  std::vector<std::string> take_questions() override { return battery_->take_questions(); }
  std::optional<Instant> due() const override { return source_->due(); }
  void pass(Instant now) override { source_->end_bursts(now); }

 private:
  void begin() {
    source_ = make_source();
    battery_.emplace(rules_of(config_, *source_));
  }
  std::unique_ptr<BatterySource> make_source() {
    return make_battery_source(
        config_, [this](const Event& event, Instant at) { battery_->handle(event, at); });
  }

  BatteryConfig config_;
  std::unique_ptr<BatterySource> source_;
  std::optional<BatteryDevice> battery_;
};

}  // namespace

std::unique_ptr<Stage> make_battery_stage(const Config& config) {
  return std::make_unique<BatteryStage>(config);
}

}  // namespace dmb::test
