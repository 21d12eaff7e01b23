// SPDX-License-Identifier: MIT
#pragma once

#include "app/state_file.h"
#include "dmb/config/config.h"
#include "dmb/publish/plan.h"
#include "dmb/status/status.h"
#include "runtime/loop.h"
#include "sinks/mqtt/publish_sink.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dmb {

/// [PUBLISH]: keeps what the config wants to be published there, and takes from a broker what is
/// not wanted any more, if it is one that the config still tells how to reach.
class Publishing {
 public:
  using Batteries = std::function<std::vector<PublishedBattery>()>;

  /// `loop` and `state` must outlive it; what `state` recalls goes on.
  Publishing(Loop& loop, Batteries batteries, StateFile& state);

  void apply(const Config& config);
  /// A battery may show something new.
  void look() {
    if (sink_) sink_->look();
  }
  /// The end: tells the broker so, without waiting for it.
  void leave();

  /// What must survive a restart.
  const PublishMemory& memory() const;
  /// nullopt: nothing is published.
  std::optional<status::BrokerStatus> status(Instant now) const;

 private:
  void publish(const Config& config, const PublishConfig& publish);
  void stop(const Config& config);
  void clear_up(const Config& config, PublishMemory memory);
  void remove_from(std::unique_ptr<PublishSink> sink);
  void on_removed();
  void end(std::unique_ptr<PublishSink> sink);
  std::unique_ptr<PublishSink> make_sink(const BrokerConfig& broker, const PublishTopics& topics,
                                         PublishPlan plan);

  Loop& loop_;
  const Batteries batteries_;
  StateFile& state_;
  PublishConfig config_;   ///< of sink_
  PublishMemory left_;     ///< what lies on a broker while there is no sink for it
  std::string said_left_;  ///< the broker that the log has named for it
  std::unique_ptr<PublishSink> sink_;
  std::unique_ptr<PublishSink> removing_;             ///< takes from the broker what it published
  std::vector<std::unique_ptr<PublishSink>> ending_;  ///< disconnecting
  Deferred removed_;
  Timer end_timer_;
};

}  // namespace dmb
