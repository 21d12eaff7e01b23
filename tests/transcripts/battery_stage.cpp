// SPDX-License-Identifier: MIT
#include "app/device_rules.h"
#include "dmb/codec/payload_decoder.h"
#include "dmb/codec/topic.h"
#include "dmb/device/message_event.h"
#include "stage.h"

#include <string>

namespace dmb::test {
namespace {

/// The broker's side of one battery.
class BatteryStage : public Stage {
 public:
  explicit BatteryStage(const Config& config) : battery_(rules_of(config.batteries.front())) {
    apply(config);
  }

  void play(const TranscriptLine& event, Instant now) override {
    std::string_view text = event.text;
    const std::string_view verb = take_word(text);
    if (verb == "message" || verb == "stored") {
      const std::string topic(text.starts_with('@') ? take_word(text).substr(1) : topic_);
      const DecodeResult decoded = decoder_.decode(text);
      battery_.handle(event_of(topic, verb == "stored", decoded, decoder_.reading()), now);
    } else if (verb == "oversized") {
      battery_.handle(event::Rejected{topic_, false, MessageFault::oversized, "too big"}, now);
    } else if (verb == "heartbeat") {
      battery_.handle(event::Heartbeat{text == "stored"}, now);
    } else if (verb == "connected") {
      battery_.handle(event::Connected{}, now);
    } else {
      throw BadTranscript(event, "no event of a battery");
    }
  }

  void end_turn(Instant) override {}

  void change(const Config& config, Instant) override {
    apply(config);
    battery_.change_rules(rules_of(config.batteries.front()));
  }

  void restart(const Config& config, Instant) override {
    apply(config);
    battery_ = BatteryDevice(rules_of(config.batteries.front()));
  }

  Device& device() override { return battery_; }
  bool is_holding() const override { return battery_.model().phase() == Life::Phase::holding; }

  std::optional<std::string> take_question() override { return battery_.take_question(); }

 private:
  void apply(const Config& config) {
    topic_ = config.batteries.front().topic;
    decoder_.require(config.batteries.front().required);
  }

  std::string topic_;  ///< of messages that name none
  PayloadDecoder decoder_;
  BatteryDevice battery_;
};

}  // namespace

std::unique_ptr<Stage> make_battery_stage(const Config& config) {
  return std::make_unique<BatteryStage>(config);
}

}  // namespace dmb::test
