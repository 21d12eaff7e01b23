// SPDX-License-Identifier: MIT
#pragma once

#include "dbus/item_answer.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// Who has a status name, and what it answered.
struct StatusAnswer {
  std::uint32_t pid = 0;  ///< as the D-Bus daemon knows it; 0: it does not
  std::string process;    ///< for people
  std::string text;       ///< of unknown origin; empty when there is trouble
  std::string trouble;    ///< why there is no answer
};

/// What the device's own services say about battery selection. Empty and nullopt: not told.
struct SystemAnswer {
  bool present = false;
  std::string battery_service;  ///< whole name of the battery monitor, or type/instance
  std::string bms_service;
  std::optional<bool> dvcc;
};

/// What a service told of the items that were wanted.
struct ServiceAnswer {
  std::string service;
  std::optional<ItemMap> items;  ///< nullopt: it did not answer, or with something else
};

struct StatusFindings {
  std::vector<StatusAnswer> processes;
  SystemAnswer system;
  std::vector<ServiceAnswer> services;  ///< where they were asked for
};

/// Which services, and which of their items.
struct ItemQuery {
  bool (*is_asked)(std::string_view service) = nullptr;
  bool (*is_wanted)(std::string_view path) = nullptr;
};

/// Asks every process of ours on the bus, and the system, all at once. Waits `patience` at most for
/// an answer. Throws std::runtime_error when there is no bus, or it does not answer.
StatusFindings query_status(std::chrono::milliseconds patience = std::chrono::seconds(3));

/// The same, and items of other services: all at once, too.
StatusFindings query_items(const ItemQuery& query,
                           std::chrono::milliseconds patience = std::chrono::seconds(3));

/// Asks every process of ours to forget this shunt. Otherwise as query_status().
std::vector<StatusAnswer> ask_to_forget(
    const std::string& name, std::chrono::milliseconds patience = std::chrono::seconds(3));

}  // namespace dmb
