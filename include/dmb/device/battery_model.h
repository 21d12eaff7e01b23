// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/charge_voltage.h"
#include "dmb/battery/item_values.h"
#include "dmb/battery/life.h"
#include "dmb/battery/plausibility.h"
#include "dmb/battery/required_items.h"
#include "dmb/battery/time_to_go.h"
#include "dmb/device/battery_limits.h"
#include "dmb/device/event.h"
#include "dmb/device/resting_topic.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace dmb {

/// How long that holds what was told of an item.
enum class Ages : std::uint8_t {
  message,  ///< what the last message told: as long as the battery lives; the rest by its own age
  each,     ///< each by its own age: values come on topics of their own
  life,     ///< as long as the battery lives: nothing but what changes is sent
};

/// What a battery model goes by; checked in config.
struct BatteryRules {
  std::chrono::seconds timeout{60};  ///< 0 = never
  bool stop_discharge_on_timeout = false;
  TimeToGoConfig time_to_go;
  RequiredItems required = default_required_items();
  Ages ages = Ages::message;
  std::optional<ChargeRules> charge = {};  ///< limits are made of its cells, too
  /// False: what it would limit is worked out, and not shown. Never changes.
  bool control = true;
};

/// One MQTT battery: what its messages said, how old each field is, and what follows from that for
/// the bus. Event in, new state; view() out. Time is an argument.
class BatteryModel {
 public:
  enum class Delivery : std::uint8_t {
    live,
    retained,  ///< stored by the broker, of unknown age
  };

  explicit BatteryModel(BatteryRules rules);
  /// In force with the next view(); nothing that is known is forgotten.
  void change_rules(BatteryRules rules);

  /// Applies an accepted payload, and returns whether it was a sign of life: a live one that knows
  /// all that is required. One that is none raises and enables no limit. A retained one only fills
  /// in what no live message has told, gives no limit, and does not count as life, unless silence
  /// never ends a life.
  bool apply(const Reading& reading, Delivery delivery, Instant now);
  /// The same of a battery whose values come in parts. A part may be silent about what is required;
  /// it is a sign of life when it says so and all that is required is known.
  bool apply_part(const event::Values& part, Instant now);
  /// A live message could not be used at all.
  void rejected() { resting_.not_usable(); }
  /// There is a new connection to the broker.
  void connected() { resting_.connected(); }
  /// A Venus broker is alive. What the last message carried still holds, if the topic was heard.
  void heartbeat(Instant now);
  /// The source said that the device is gone: as a time-out, at once. What it told before is void.
  void declare_gone(Instant now);
  /// The battery's messages come from another source from now on: what was told is void.
  void change_source();

  /// When a Venus broker has to be asked for the battery's topic; not after `now` means at once.
  std::optional<Instant> question_due() const { return resting_.question_due(); }
  void asked(Instant now) { resting_.asked(now); }

  /// What view() returned last. Items of Trait::service are the caller's to set: what the service
  /// is does not come from messages.
  ItemValues& values() { return values_; }
  const ItemValues& values() const { return values_; }

  /// Lets time pass and works out every payload item. The
  /// result is valid until the next call.
  const ItemValues& view(Instant now);

  const BatteryRules& rules() const { return rules_; }
  Life::Phase phase() const { return life_.phase(); }
  /// Whether it is live at this moment, which phase() tells only after view().
  bool alive(Instant now) const;
  std::optional<Instant> last_sign() const { return life_.last_sign(); }
  /// What the limits of the last view() are and why. Of one that does not control what they would
  /// be.
  const LimitState& limits() const { return limits_.shown(); }
  /// What they were made of.
  std::span<const Vote> votes() const { return limits_.votes(); }
  /// Null: there is none.
  const ChargeControl* charge_control() const { return limits_.charge_control(); }
  ChargeControl* charge_control() { return limits_.charge_control(); }
  /// nullopt: the clock is not set.
  void set_today(std::optional<std::chrono::sys_days> today) { limits_.set_today(today); }
  /// What a person wants, in force with the next view().
  void change_wishes(const ManualWishes& wishes) { limits_.change_wishes(wishes); }
  /// See ManualLimits.
  bool take_soc_lack() { return limits_.take_soc_lack(); }
  /// What does not fit together in the messages, and lasts.
  std::vector<Doubt> doubts() const { return plausibility_.doubts(); }
  /// Number of messages applied, retained ones included.
  std::uint32_t applied() const { return applied_; }

  /// When view() can first change by the mere passing of time. Nothing when it cannot.
  std::optional<Instant> next_change(Instant now) const;

 private:
  struct Stored {
    OptValue value;
    Instant stamp{};
    std::uint32_t message = 0;  ///< running number of the live message; 0: none
    bool refused = false;       ///< told with a value that cannot be used
    bool derived = false;       ///< worked out of two others, not told
    bool plain = false;         ///< of a payload, and no limit: those have rules of their own
  };

  void let_time_pass(Instant now);
  void catch_up();
  void fill_in(const Reading& reading, Instant now);
  void store_live(const Reading& reading, bool may_raise_limits, Instant now);
  void end_message(bool is_life, Instant now);
  std::optional<Reading::Field> third_of(const Reading& reading) const;
  bool tells_required(const Reading& reading) const;
  bool knows_required(Instant now) const;
  void lower_limits(const Reading& reading, Instant now);
  void lower_limit(const Reading::Field& field, Instant now);
  std::optional<double> current_in_force(Quantity limit) const;
  void note_allowed(const Reading& reading);
  bool may_fill_in(Quantity id, Instant now) const;
  bool never_ages() const { return rules_.timeout.count() == 0; }
  /// Whether what was told of it holds as long as the battery lives.
  bool follows_life(const Stored& stored) const {
    if (rules_.ages == Ages::message) return stored.message != 0 && stored.message == last_message_;
    return rules_.ages == Ages::life && (stored.value || stored.message != 0);
  }
  bool counts_since(Instant stamp, Instant now) const {
    return never_ages() || now - stamp < rules_.timeout;
  }
  bool last_counts(Instant now) const;
  Instant stamp_of(const Stored& stored) const;
  bool fresh(const Stored& stored, Instant now) const;
  std::optional<Instant> end_of(Quantity id, Instant now) const;
  Stored& store(const Reading::Field& field, std::uint32_t message, Instant now);
  void view_live(Instant now);
  void view_holding(Instant now);
  bool is_unusable(Quantity limit) const;
  std::optional<double> given_limit(Quantity limit, Instant now) const;
  GivenLimits given_limits(Instant now);
  bool current_is_news(Instant now) const;
  void derive_missing(Instant now);
  bool is_refused(Quantity id) const;

  BatteryRules rules_;
  Life life_;
  RestingTopic resting_;
  std::vector<Stored> stored_;  ///< by Quantity
  std::uint32_t last_message_ = 0;
  std::uint32_t applied_ = 0;
  std::optional<Instant> current_at_;    ///< of the last live message that could tell it
  std::optional<Instant> unseen_since_;  ///< of the last message, until view() has shown it
  BatteryLimits limits_;
  bool last_is_life_ = false;           ///< the last live message
  bool charge_current_stored_ = false;  ///< a retained message named a CCL
  bool tells_if_allowed_ = false;       ///< /Io/AllowToCharge was 1 once
  bool charge_blocked_ = false;         ///< … and is 0 now
  ChargeVoltageFit charge_voltage_fit_;
  std::optional<double> last_voltage_v_;  ///< the last one that live messages told
  TimeToGoClock time_to_go_;
  Plausibility plausibility_;
  ItemValues values_;
  std::vector<Quantity> refused_;  ///< of the last view: nothing is derived in their place
};

}  // namespace dmb
