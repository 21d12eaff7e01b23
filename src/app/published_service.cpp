// SPDX-License-Identifier: MIT
#include "dmb/app/published_service.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

namespace dmb {
namespace {

/// Beyond this many waiting signals a newer one is not added but waits for them: a daemon that
/// stands still must not fill our memory, and then deliver minutes of the past.
constexpr std::size_t kMaxBacklog = 32;
constexpr std::chrono::milliseconds kBacklogPause{50};

}  // namespace

PublishedService::PublishedService(Loop& loop, Bus& bus, std::string name,
                                   std::span<const ItemSpec> items,
                                   std::chrono::milliseconds min_update_interval,
                                   ItemService::WriteHandler on_write)
    : loop_(loop),
      bus_(bus),
      name_(std::move(name)),
      items_(items),
      gate_(min_update_interval),
      on_write_(std::move(on_write)),
      changes_(items) {}

void PublishedService::join(const ItemValues& values) {
  tree_.emplace(bus_, items_, values, on_write_);
  bus_name_.emplace(bus_, loop_, name_, [this] { spdlog::info("{} is on the bus", name_); });
}

void PublishedService::leave() {
  bus_name_.reset();
  tree_.reset();
}

std::optional<Instant> PublishedService::update(const ItemValues& values, Instant now) {
  for (const ItemId id : changes_.passive())
    if (values[id] != tree_->values()[id]) tree_->set_silently(id, values[id].value);

  const Changes& changes = changes_.find(tree_->values(), values);
  if (changes.items.empty()) return std::nullopt;
  const Instant due = gate_.due(changes.urgent, now);
  if (due > now) return due;
  if (bus_.backlog() > kMaxBacklog) return now + kBacklogPause;
  tree_->update(values, changes.items);
  gate_.sent(now);
  return std::nullopt;
}

}  // namespace dmb
