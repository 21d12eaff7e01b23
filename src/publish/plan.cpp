// SPDX-License-Identifier: MIT
#include "dmb/publish/plan.h"

#include "dmb/device/change.h"
#include "dmb/publish/discovery.h"
#include "dmb/publish/state_message.h"

#include <algorithm>
#include <set>
#include <utility>

namespace dmb {
namespace {

OutMessage retained(std::string topic, std::string payload) {
  return {.topic = std::move(topic), .payload = std::move(payload), .retained = true};
}

const std::vector<Quantity>& urgent_quantities() {
  static const std::vector<Quantity> kUrgent = [] {
    std::vector<Quantity> urgent;
    std::ranges::copy_if(all_quantities(), std::back_inserter(urgent),
                         [](Quantity id) { return has(id.spec().traits, Trait::urgent); });
    return urgent;
  }();
  return kUrgent;
}

bool differs_urgently(const std::vector<OptValue>& told, const ItemValues& values) {
  const auto& urgent = urgent_quantities();
  for (std::size_t i = 0; i < urgent.size(); ++i)
    if (differs(told[i], values[urgent[i]].value, urgent[i].spec())) return true;
  return false;
}

std::string text_of(const ItemValues& values, Quantity id) {
  const auto* text = values[id].value ? std::get_if<std::string>(&*values[id].value) : nullptr;
  return text != nullptr ? *text : std::string();
}

/// After some that were lost on the way.
std::chrono::seconds expiry(std::chrono::milliseconds interval) {
  constexpr std::chrono::seconds kLeast{30};
  return std::max(kLeast, std::chrono::ceil<std::chrono::seconds>(interval * 4));
}

}  // namespace

PublishPlan::PublishPlan(PublishTopics topics, PublishRules rules, PublishMemory memory)
    : topics_(std::move(topics)), rules_(std::move(rules)), memory_(std::move(memory)) {}

OutMessage PublishPlan::last_will() const {
  return retained(topics_.status(), std::string(kOffline));
}

void PublishPlan::on_connected() {
  on_disconnected();
  connected_ = true;
}

void PublishPlan::on_disconnected() {
  connected_ = false;
  greeted_ = false;
  told_.clear();
  removed_.clear();
  next_due_.reset();
}

std::vector<OutMessage> PublishPlan::update(std::span<const PublishedBattery> batteries,
                                            Instant now) {
  if (!connected_) return {};
  next_due_.reset();
  if (!greeted_) retain(topics_.status(), std::string(kOnline));
  const bool same = told_.size() == batteries.size() &&
                    std::ranges::all_of(batteries, [this](const PublishedBattery& battery) {
                      return told_.contains(battery.id);
                    });
  if (!greeted_ || !same) remove_unwanted(batteries, now);
  forget_removed(now);
  greeted_ = true;
  for (const PublishedBattery& battery : batteries) update(battery, now);
  return std::exchange(out_, {});
}

void PublishPlan::remove_unwanted(std::span<const PublishedBattery> batteries, Instant now) {
  std::set<std::string, std::less<>> wanted{topics_.status()};
  std::set<std::string_view> ids;
  for (const PublishedBattery& battery : batteries) {
    ids.insert(battery.id);
    wanted.insert(topics_.availability(battery.id));
    if (rules_.homeassistant) wanted.insert(topics_.discovery(battery.id));
  }
  const auto is_gone = [&ids](const auto& entry) { return !ids.contains(entry.first); };
  std::erase_if(told_, is_gone);
  std::erase_if(memory_.announced, is_gone);
  for (const std::string& topic : memory_.topics)
    if (!wanted.contains(topic) && removed_.try_emplace(topic, now).second)
      out_.push_back(retained(topic, ""));
}

/// Remembered until then: what did not arrive has to be removed once more.
void PublishPlan::forget_removed(Instant now) {
  std::erase_if(removed_, [&](const auto& entry) {
    if (now < entry.second + kDelivered) return false;
    memory_.topics.erase(entry.first);
    return true;
  });
}

/// The announcement first: whoever hears of the battery for the first time must know where its
/// values will come.
void PublishPlan::update(const PublishedBattery& battery, Instant now) {
  const auto found = told_.find(battery.id);
  Told& told = found != told_.end() ? found->second : told_[std::string(battery.id)];
  const bool is_new = !told.state_at || told.present != true;
  const bool at_once = is_new || differs_urgently(told.urgent, battery.values);
  const auto wait = at_once ? kGap : rules_.interval;
  const bool send = battery.present && (!told.state_at || now >= *told.state_at + wait);
  if (send && rules_.homeassistant && learn_items(battery) && !told.announce_at)
    told.announce_at = told.name ? now + kCollect : now;
  announce(battery, told, now);
  tell_presence(battery, told, now);
  if (send) send_state(battery, told, now);
  if (told.announce_at) call_again(*told.announce_at);
  if (battery.present) call_again(*told.state_at + (send ? rules_.interval : wait));
}

/// Returns whether there is one that was not announced before.
bool PublishPlan::learn_items(const PublishedBattery& battery) {
  std::vector<Quantity>& known = memory_.announced[std::string(battery.id)];
  std::vector<Quantity> all;
  all.reserve(known.size());
  auto next = known.begin();
  for (const Quantity id : battery.values.existing()) {
    while (next != known.end() && *next < id) all.push_back(*next++);
    const bool is_known = next != known.end() && *next == id;
    if (is_known) ++next;
    if (is_known || (battery.values[id].value && is_offered(id.spec()))) all.push_back(id);
  }
  all.insert(all.end(), next, known.end());
  if (all.size() == known.size()) return false;
  known = std::move(all);
  return true;
}

void PublishPlan::announce(const PublishedBattery& battery, Told& told, Instant now) {
  const auto items = memory_.announced.find(battery.id);
  if (!rules_.homeassistant || items == memory_.announced.end() || items->second.empty()) return;
  const bool due = told.announce_at && now >= *told.announce_at;
  if (!due && told.name == battery.name) return;
  const std::string model = text_of(battery.values, q("/ProductName"));
  retain(topics_.discovery(battery.id), discovery_message({.id = battery.id,
                                                           .name = battery.name,
                                                           .model = model,
                                                           .version = rules_.version,
                                                           .expire_after = expiry(rules_.interval)},
                                                          items->second, topics_));
  told.name = battery.name;
  told.announce_at.reset();
}

void PublishPlan::tell_presence(const PublishedBattery& battery, Told& told, Instant now) {
  if (told.present == battery.present) return;
  if (told.present_at && now < *told.present_at + kGap) return call_again(*told.present_at + kGap);
  retain(topics_.availability(battery.id), std::string(battery.present ? kOnline : kOffline));
  told.present = battery.present;
  told.present_at = now;
}

void PublishPlan::send_state(const PublishedBattery& battery, Told& told, Instant now) {
  out_.push_back({.topic = topics_.state(battery.id),
                  .payload = state_message(battery.values, battery.about ? battery.about() : "")});
  told.state_at = now;
  told.urgent.clear();
  for (const Quantity id : urgent_quantities()) told.urgent.push_back(battery.values[id].value);
}

void PublishPlan::retain(std::string topic, std::string payload) {
  memory_.topics.insert(topic);
  removed_.erase(topic);
  out_.push_back(retained(std::move(topic), std::move(payload)));
}

std::vector<OutMessage> removals(const PublishMemory& memory) {
  std::vector<OutMessage> messages;
  for (const std::string& topic : memory.topics) messages.push_back(retained(topic, ""));
  return messages;
}

}  // namespace dmb
