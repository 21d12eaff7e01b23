// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/refused_fields.h"
#include "dmb/device/battery_model.h"
#include "dmb/device/charge_memory_news.h"
#include "dmb/device/device.h"
#include "dmb/device/temperature_lack.h"
#include "dmb/device/topic_choice.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dmb {

/// What an MQTT battery goes by; checked in config.
struct BatteryDeviceRules {
  BatteryRules battery;
  std::string topic;  ///< filter; of a battery with a map for people only
  bool mapped = false;
  /// What a Venus broker is asked when a battery with a map is not heard: these topics, with an
  /// empty message to each.
  std::vector<std::string> questions = {};
};

/// One MQTT battery. Comes to the bus with the first live message, leaves it after a silence.
class BatteryDevice : public Device {
 public:
  struct Unused {
    note::MessageUnused message;
    Instant at;
  };

  explicit BatteryDevice(BatteryDeviceRules rules);
  /// What the battery told, its life and its limits stay, unless it reads another topic.
  void change_rules(BatteryDeviceRules rules);
  /// Its charge control goes on as remembered: before the first event, or when it has just come.
  void resume(const ChargeMemory& memory, Instant now);
  /// What its charge control must not forget when the program restarts; nullopt: there is none.
  std::optional<ChargeMemory> charge_memory(Instant now) const;
  /// Whether charge_memory() may say something new since the last call.
  bool take_memory_news() { return memory_news_.take(); }
  /// What its charge control misses is not missed any more; false: it misses nothing.
  bool forget_missing_sensors();

  void handle(const Event& event, Instant now) override;
  const ItemValues& view(Instant now) override;
  ItemValues& values() override { return model_.values(); }
  /// systemcalc lists a battery only if its voltage is valid when it appears.
  Presence presence() const override;
  std::optional<Instant> last_sign() const override { return model_.last_sign(); }
  std::optional<Instant> next_change(Instant now) const override;
  Notes take_notes() override { return std::exchange(notes_, {}); }

  /// The topics to which an empty message has to be published now, which asks a Venus broker for
  /// what the battery told last.
  std::vector<std::string> take_questions() { return std::exchange(questions_, {}); }

  const BatteryModel& model() const { return model_; }
  const TopicChoice& topic() const { return topic_; }
  /// Messages that could not be used, and the last of them.
  std::int64_t unused() const { return unused_; }
  const std::optional<Unused>& last_unused() const { return last_unused_; }
  /// For people: fields that cannot be used, values that do not fit together.
  std::vector<std::string> doubts(Instant now) const;

 private:
  void on(const event::Members& event, Instant now);
  void on(const event::LookedAround&, Instant) {}
  void on(const event::Message& event, Instant now);
  void on(const event::Values& event, Instant now);
  void on(const event::OtherTopic& event, Instant now);
  void on(const event::Rejected& event, Instant now);
  void on(const event::Gone& event, Instant now);
  void on(const event::Heartbeat& event, Instant now);
  void on(const event::Connected& event, Instant now);
  void on(const event::Wishes& event, Instant) { model_.change_wishes(event.manual); }
  void on(const event::FullCharge& event, Instant);
  void on(const event::Today& event, Instant) { model_.set_today(event.date); }

  void read_from(const BatteryDeviceRules& before);
  void change_source();
  bool is_of_unknown_age(bool retained) const;
  bool is_mine(const event::Message& message, Instant now);
  bool is_charge_stopped() const;
  void note_unused(note::MessageUnused unused, Instant now);
  void note_no_value(const Reading& reading, std::string topic, Instant now);
  void note_fields(const Reading& reading, Instant now);
  void note_doubts();
  void note_life();
  void note_limits(const LimitState& before);
  void note_reason(Limit limit, const LimitItem& before, const LimitItem& after);
  void note_lowered(const LimitState& before);
  void ask_if_due(Instant now);

  BatteryDeviceRules rules_;
  BatteryModel model_;
  TopicChoice topic_;
  std::int64_t unused_ = 0;
  std::optional<Unused> last_unused_;
  bool lacks_life_ = false;  ///< the last message was no sign of life
  RefusedFields refused_;
  std::set<Doubt::About> doubts_noted_;
  std::set<std::string> keys_noted_;
  Life::Phase life_noted_ = Life::Phase::waiting;
  LimitState limits_noted_;
  TemperatureLack temperature_lack_;
  ChargeMemoryNews memory_news_;
  std::vector<std::string> questions_;
  Notes notes_;
};

}  // namespace dmb
