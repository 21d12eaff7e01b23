// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/reading.h"
#include "dmb/battery/required_items.h"
#include "dmb/battery/value.h"
#include "dmb/mapping/map.h"
#include "dmb/mapping/topic_tree.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// How long after the first message of a burst the rest of it may come, where nothing is set.
inline constexpr std::chrono::milliseconds kBurst{250};

struct IntakeRules {
  RequiredItems required = default_required_items();
  std::chrono::milliseconds burst = kBurst;
  std::chrono::seconds timeout{
      60};  ///< after which one of several sources counts no more; 0: never
  /// The topics are those of a Venus broker: an empty payload where a required item was says that
  /// the device is gone.
  bool venus = false;
};

/// What a mapped source told lately, for the status.
struct MappedItem {
  std::string item;   ///< "/Dc/0/Voltage"
  std::string topic;  ///< with the pointer: "ess/pack#/u"
  std::string raw;    ///< printable and cut; empty: never heard
  std::optional<Instant> heard_at;
};

/// The messages of one mapped battery as readings. Values that arrive in one burst belong to one
/// moment: they are gathered, and given out when all topics of the two bursts before have come
/// again, or its time is over. Limits and alarms that changed do not wait for that; they are given
/// out at once, and once more with the rest of their burst. Pure; time is an argument.
class MapIntake {
 public:
  MapIntake(Map map, IntakeRules rules);
  ~MapIntake();
  MapIntake(MapIntake&&) noexcept;
  MapIntake& operator=(MapIntake&&) noexcept;

  /// A new map forgets what the sources told; rules do not.
  void change(Map map, IntakeRules rules);

  /// What one message, or the end of a burst, amounts to.
  struct Out {
    enum class Kind : std::uint8_t {
      values,       ///< `reading`
      gone,         ///< the source says that there is no battery
      rejected,     ///< `what` is wrong with the message
      other_topic,  ///< behind a "+", of another battery than the one heard first
    };
    Kind kind = Kind::values;
    bool retained = false;
    bool is_life =
        false;  ///< of values: a sign of life, provided that all that is required is known
    bool required_unknown = false;  ///< of values: one that is required was told without a value
    Reading reading = {};
    std::string topic = {};  ///< of gone, rejected, other_topic
    std::string what = {};
  };

  /// Messages on topics of other batteries change nothing. What is ready is in take().
  void receive(std::string_view topic, std::string_view payload, bool retained, Instant now);
  /// When take() has something, if no further message comes.
  std::optional<Instant> due() const;
  /// In the order it happened; what is not due stays.
  std::vector<Out> take(Instant now);

  /// The filters to subscribe to.
  std::vector<std::string> filters() const;
  /// For a Venus broker: the topics of the required items, to ask for.
  std::vector<std::string> required_topics() const;
  /// Every source in the order of the map, numbered ones as far as they were heard.
  std::vector<MappedItem> items() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace dmb
