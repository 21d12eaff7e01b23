// SPDX-License-Identifier: MIT
#include "app/publishing.h"

#include "dmb/codec/text.h"
#include "runtime/identity.h"
#include "status_parts.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

namespace dmb {
namespace {

/// By then one that disconnects has done so, and nobody waits for it.
constexpr std::chrono::seconds kEnding{2};
constexpr std::size_t kMostEnding = 8;

PublishTopics topics_of(const PublishConfig& publish) {
  return {publish.topic, publish.client, publish.discovery_prefix};
}

PublishRules rules_of(const PublishConfig& publish) {
  return {.interval = publish.interval,
          .homeassistant = publish.homeassistant,
          .version = std::string(version())};
}

const BrokerConfig& broker_of(const Config& config, const PublishConfig& publish) {
  return publish.own_broker ? *publish.own_broker : *config.broker;
}

}  // namespace

Publishing::Publishing(Loop& loop, Batteries batteries, StateFile& state)
    : loop_(loop),
      batteries_(std::move(batteries)),
      state_(state),
      left_(state.recall_published()),
      removed_(loop.defer([this] { on_removed(); })),
      end_timer_(loop.add_timer([this] { ending_.clear(); })) {}

void Publishing::apply(const Config& config) {
  if (config.publish)
    publish(config, *config.publish);
  else
    stop(config);
}

void Publishing::publish(const Config& config, const PublishConfig& publish) {
  const BrokerConfig& broker = broker_of(config, publish);
  const PublishTopics topics = topics_of(publish);
  const bool same_connection =
      sink_ && sink_->broker() == broker && topics.status() == topics_of(config_).status();
  if (same_connection) {
    if (std::exchange(config_, publish) == publish) return look();
    return sink_->change(PublishPlan(topics, rules_of(publish), sink_->memory()));
  }
  if (sink_) {
    left_ = sink_->memory();
    if (left_.broker == place_of(broker))
      end(std::move(sink_));
    else
      remove_from(std::move(sink_));
  }
  PublishMemory memory = std::exchange(left_, {});
  if (removing_ && removing_->memory().broker == place_of(broker)) {
    memory = removing_->memory();
    end(std::move(removing_));
  }
  if (memory.broker != place_of(broker)) {
    clear_up(config, std::move(memory));
    memory = {.broker = place_of(broker)};
  }
  config_ = publish;
  sink_ = make_sink(broker, topics, PublishPlan(topics, rules_of(publish), std::move(memory)));
}

void Publishing::stop(const Config& config) {
  if (sink_) return remove_from(std::move(sink_));
  if (!removing_) clear_up(config, left_);
}

/// With the section a broker of its own is gone, and there is no connection to it any more.
void Publishing::clear_up(const Config& config, PublishMemory memory) {
  if (removing_ || memory.topics.empty()) return;
  if (config.broker && place_of(*config.broker) == memory.broker) {
    const PublishTopics topics = topics_of({.client = local_device_id()});
    return remove_from(
        make_sink(*config.broker, topics, PublishPlan(topics, {}, std::move(memory))));
  }
  if (std::exchange(said_left_, memory.broker) == memory.broker) return;
  spdlog::info(
      "what was published to {} stays there, for nothing tells how to reach it any more: with "
      "[PUBLISH] in the config for once it can be removed",
      printable(memory.broker, 300));
}

void Publishing::remove_from(std::unique_ptr<PublishSink> sink) {
  if (removing_) end(std::move(removing_));
  removing_ = std::move(sink);
  removing_->remove_all();
}

void Publishing::on_removed() {
  if (!removing_) return;
  spdlog::info("what was published to {} is removed from there",
               printable(removing_->memory().broker, 300));
  end(std::move(removing_));
  left_ = {};
  state_.changed();
}

void Publishing::end(std::unique_ptr<PublishSink> sink) {
  sink->leave();
  if (ending_.size() >= kMostEnding) ending_.erase(ending_.begin());
  ending_.push_back(std::move(sink));
  end_timer_.arm(loop_.now() + kEnding);
}

void Publishing::leave() {
  if (sink_) sink_->leave();
  if (removing_) removing_->leave();
}

std::unique_ptr<PublishSink> Publishing::make_sink(const BrokerConfig& broker,
                                                   const PublishTopics& topics, PublishPlan plan) {
  const std::string client_id = std::string(kProgramName) + "-" + topics.client() + "-publish";
  return std::make_unique<PublishSink>(
      loop_, broker, client_id, std::move(plan),
      PublishSink::Listener{.batteries = batteries_,
                            .remember = [this] { state_.changed(); },
                            .removed = [this] { removed_.trigger(); }});
}

const PublishMemory& Publishing::memory() const {
  if (sink_) return sink_->memory();
  return removing_ ? removing_->memory() : left_;
}

std::optional<status::BrokerStatus> Publishing::status(Instant now) const {
  if (!sink_) return std::nullopt;
  status::BrokerStatus status = status_of(sink_->broker(), sink_->state(), now);
  status.last_message_age_s = age_s(sink_->last_message_at(), now);
  status.messages = sink_->messages();
  return status;
}

}  // namespace dmb
