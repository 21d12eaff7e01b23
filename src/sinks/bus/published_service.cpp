// SPDX-License-Identifier: MIT
#include "sinks/bus/published_service.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

namespace dmb {
namespace {

/// Beyond this many waiting signals a newer one is not added but waits for them: a daemon that
/// stands still must not fill our memory, and then deliver minutes of the past.
constexpr std::size_t kMaxBacklog = 32;
constexpr std::chrono::milliseconds kBacklogPause{50};
constexpr std::int32_t kCountModulo = 256;

std::uint64_t revision_of(Sides sides) {
  std::uint64_t sum = 0;
  for (const SideItemSet* set : sides) sum += set->revision();
  return sum;
}

}  // namespace

PublishedService::PublishedService(Loop& loop, Bus& bus, std::string name,
                                   std::span<const ItemSpec> items, SignalTimes times,
                                   ItemService::WriteHandler on_write, SideWrite on_side_write)
    : loop_(loop),
      bus_(bus),
      name_(std::move(name)),
      items_(items),
      gate_(times.min_update_interval),
      life_(times.life_interval),
      on_write_(std::move(on_write)),
      on_side_write_([this, answer = std::move(on_side_write)](auto path, const OptValue& value) {
        sides_shown_.reset();
        return answer ? answer(path, value) : std::nullopt;
      }),
      changes_(items) {}

void PublishedService::change_times(SignalTimes times) {
  gate_ = SignalGate(times.min_update_interval);
  life_.change_interval(times.life_interval);
}

void PublishedService::rename(std::string name) {
  leave();
  name_ = std::move(name);
}

void PublishedService::join(const ItemValues& values, Sides sides) {
  life_.told(loop_.now());
  sides_shown_ = revision_of(sides);
  SideItems items;
  for (const SideItemSet* set : sides) items.insert(set->items().begin(), set->items().end());
  tree_.emplace(bus_, items_, values, on_write_, std::move(items), on_side_write_);
  bus_name_.emplace(bus_, loop_, name_, [this] {
    if (joins_said_.spend(loop_.now()) == LogBudget::Say::line)
      spdlog::info("{} is on the bus", name_);
  });
}

void PublishedService::leave() {
  bus_name_.reset();
  tree_.reset();
}

std::optional<Instant> PublishedService::update(ItemValues& values, Instant now, Sides sides) {
  const Changes& changes = changes_.find(tree_->values(), values);
  const bool is_side_news = revision_of(sides) != sides_shown_;
  if (changes.items.empty() && !is_side_news) return std::nullopt;
  const Instant due = gate_.due(changes.urgent, now);
  if (due > now) return due;
  if (bus_.backlog() > kMaxBacklog) return now + kBacklogPause;
  const SideItems side_news = is_side_news ? take_news(sides) : SideItems();
  const std::span<const Quantity> items = changes.items;
  if (!items.empty() || !side_news.empty())
    send(values, items.empty() ? changes_.passive() : items, now, side_news);
  return std::nullopt;
}

SideItems PublishedService::take_news(Sides sides) {
  sides_shown_ = revision_of(sides);
  SideItems news;
  for (const SideItemSet* set : sides) {
    for (const auto& [path, item] : set->items()) {
      const auto shown = tree_->sides().find(path);
      if (shown == tree_->sides().end() || shown->second != item) news.emplace(path, item);
    }
  }
  return news;
}

std::optional<Instant> PublishedService::show_life(ItemValues& values, Instant last_sign,
                                                   Instant now) {
  const auto due = life_.due(last_sign);
  if (!due || *due > now) return due;
  if (bus_.backlog() > kMaxBacklog) return now + kBacklogPause;
  send(values, changes_.passive(), now);
  return std::nullopt;
}

void PublishedService::send(ItemValues& values, std::span<const Quantity> items, Instant now,
                            const SideItems& sides) {
  for (const Quantity id : changes_.passive()) {
    const std::int32_t count = static_cast<std::int32_t>(values.number(id).value_or(0));
    values.set(id, (count + 1) % kCountModulo);
  }
  tree_->update(values, items, sides);
  life_.told(now);
  gate_.sent(now);
}

}  // namespace dmb
