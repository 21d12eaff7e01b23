// SPDX-License-Identifier: MIT
#pragma once

#include "../support/bus_client.h"
#include "../support/loop_runner.h"
#include "../support/private_bus.h"
#include "dbus/bus.h"
#include "sample_items.h"
#include "sinks/bus/item_service.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dmb::test {

/// A service with the sample items on a bus of its own, and a client of it.
class ServiceFixture : public testing::Test {
 protected:
  using Answer = BusClient::Answer;

  ServiceFixture() {
    private_bus_.use_for_this_process();
    bus_ = std::make_unique<Bus>(loop_);
    service_ = std::make_unique<ItemService>(
        *bus_, kSampleItems, sample_values(),
        [this](Quantity id, const OptValue& value) { return on_write(id, value); });
    const char* name = nullptr;
    sd_bus_get_unique_name(bus_->native(), &name);
    name_ = name;
    client_ = std::make_unique<BusClient>(private_bus_.address());
    client_->watch("type='signal',sender='" + name_ + "'");
    runner_ = std::make_unique<LoopRunner>(loop_);
  }

  ~ServiceFixture() override { runner_.reset(); }

  /// What the service answers to an accepted write.
  virtual ItemService::WriteAnswer on_write(Quantity id, const OptValue& value) {
    writes_.push_back(id);
    if (!accept_) return std::nullopt;
    return replace_with_ ? *replace_with_ : value;
  }

  template <typename... Arguments>
  Answer item(const std::string& path, const std::string& member, const char* types = "",
              Arguments... arguments) {
    return client_->item(name_, path, member, types, arguments...);
  }

  /// The signals since the last call, in order.
  std::vector<BusClient::Event> signals() {
    client_->settle(name_);
    auto events = client_->events();
    client_->clear_events();
    std::erase_if(events, [](const auto& event) { return event.member == "reply"; });
    return events;
  }

  void update(const ItemValues& values, std::vector<Quantity> changed) {
    runner_->run([&] { service_->update(values, changed); });
  }

  PrivateBus private_bus_;
  Loop loop_;
  std::unique_ptr<Bus> bus_;
  std::unique_ptr<ItemService> service_;
  std::string name_;  ///< unique name of the service
  std::unique_ptr<BusClient> client_;
  std::vector<Quantity> writes_;
  bool accept_ = true;
  std::optional<OptValue> replace_with_;
  std::unique_ptr<LoopRunner> runner_;
};

}  // namespace dmb::test
