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

}  // namespace

PublishedService::PublishedService(Loop& loop, Bus& bus, std::string name,
                                   std::span<const ItemSpec> items, SignalTimes times,
                                   ItemService::WriteHandler on_write,
                                   ItemService::RequestHandler on_request)
    : loop_(loop),
      bus_(bus),
      name_(std::move(name)),
      items_(items),
      gate_(times.min_update_interval),
      life_(times.life_interval),
      on_write_(std::move(on_write)),
      on_request_(std::move(on_request)),
      changes_(items) {}

void PublishedService::change_times(SignalTimes times) {
  gate_ = SignalGate(times.min_update_interval);
  life_.change_interval(times.life_interval);
}

void PublishedService::rename(std::string name) {
  leave();
  name_ = std::move(name);
}

void PublishedService::join(const ItemValues& values, const CellPage* page) {
  life_.told(loop_.now());
  page_shown_ = page != nullptr ? page->revision() : 0;
  tree_.emplace(bus_, items_, values, on_write_, page != nullptr ? page->items() : PageItems(),
                on_request_);
  bus_name_.emplace(bus_, loop_, name_, [this] {
    if (joins_said_.spend(loop_.now()) == LogBudget::Say::line)
      spdlog::info("{} is on the bus", name_);
  });
}

void PublishedService::leave() {
  bus_name_.reset();
  tree_.reset();
}

std::optional<Instant> PublishedService::update(ItemValues& values, Instant now,
                                                const CellPage* page) {
  const Changes& changes = changes_.find(tree_->values(), values);
  const bool is_page_news = page != nullptr && page->revision() != page_shown_;
  if (changes.items.empty() && !is_page_news) return std::nullopt;
  const Instant due = gate_.due(changes.urgent, now);
  if (due > now) return due;
  if (bus_.backlog() > kMaxBacklog) return now + kBacklogPause;
  const PageItems page_news = is_page_news ? take_news(*page) : PageItems();
  const std::span<const Quantity> items = changes.items;
  if (!items.empty() || !page_news.empty())
    send(values, items.empty() ? changes_.passive() : items, now, page_news);
  return std::nullopt;
}

PageItems PublishedService::take_news(const CellPage& page) {
  page_shown_ = page.revision();
  PageItems news;
  for (const auto& [path, item] : page.items()) {
    const auto shown = tree_->page().find(path);
    if (shown == tree_->page().end() || shown->second != item) news.emplace(path, item);
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
                            const PageItems& page) {
  for (const Quantity id : changes_.passive()) {
    const std::int32_t count = static_cast<std::int32_t>(values.number(id).value_or(0));
    values.set(id, (count + 1) % kCountModulo);
  }
  tree_->update(values, items, page);
  life_.told(now);
  gate_.sent(now);
}

}  // namespace dmb
