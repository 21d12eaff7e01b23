// SPDX-License-Identifier: MIT
#pragma once

#include "dbus/bus.h"
#include "dbus/item_answer.h"
#include "dbus/remote.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dmb {

/// Asks a service for the values of some of its items, all at once: for whoever wants to know few
/// of many, and not each change.
class ItemQuestions {
 public:
  /// `bus` must outlive it. `done` is called once, when each is answered or has waited for
  /// `patience`; never from within the constructor, and it must not destroy this object. Throws
  /// sdbus::Error where `service` is no bus name.
  ItemQuestions(Bus& bus, const std::string& service, const std::vector<std::string>& paths,
                std::chrono::milliseconds patience, std::function<void()> done);

  /// What is not there, and what cannot be a value, is not among them.
  const ItemMap& answers() const { return answers_; }
  /// The service has answered, be it that it has no such item.
  bool is_answered() const { return answered_; }

 private:
  void on_answer(const std::string& path, sd_bus_message* reply, const sdbus::Error* error);

  std::function<void()> done_;
  std::vector<std::unique_ptr<Remote>> items_;
  ItemMap answers_;
  bool answered_ = false;
  std::size_t open_;
};

}  // namespace dmb
