// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/shunt_selection.h"
#include "dmb/bank/shunts.h"
#include "dmb/battery/fit.h"
#include "dmb/codec/bus_value.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// What one battery service has told about itself: the paths of ServiceIdentity and what
/// members of a bank tell, nothing else, so that its size is bounded. Pure: knows neither bus nor
/// time.
class BatteryRecord {
 public:
  /// One path that is kept.
  using Slot = std::size_t;
  static constexpr std::size_t kIdentitySlots = 7;
  static constexpr std::size_t kSlots = kMemberQuantities + kIdentitySlots;

  struct FaultAt {
    std::string_view path;
    Misfit fault;
  };

  struct Changes {
    bool identity = false;
    bool values = false;
  };

  explicit BatteryRecord(std::string service) { identity_.service = std::move(service); }

  /// nullopt for a path that is not kept.
  static std::optional<Slot> find(std::string_view path);

  /// monostate is the invalid value. nullopt: it was something that no item can hold. What is not
  /// of the path's type or range becomes invalid.
  void set(Slot slot, const std::optional<BusValue>& value);

  const ServiceIdentity& identity() const { return identity_; }
  const MemberValues& values() const { return values_; }

  /// What changed since this was last asked.
  Changes take_changes();
  /// Faults of paths that had none before: each path is worth one line. Measurements only if asked
  /// for; what a service that is no shunt measures is none of our business.
  std::vector<FaultAt> take_faults(bool of_measurements);

 private:
  void set_measurement(MemberQuantity quantity, const std::optional<BusValue>& value);
  void set_field(Slot slot, std::string ServiceIdentity::*field,
                 const std::optional<BusValue>& value);
  void set_field(Slot slot, std::optional<std::int64_t> ServiceIdentity::*field,
                 const std::optional<BusValue>& value);
  void note(Slot slot, std::optional<Misfit> fault);

  ServiceIdentity identity_;
  MemberValues values_;
  Changes changes_;
  std::array<std::optional<Misfit>, kSlots> faults_{};  ///< the first of each path
  std::array<bool, kSlots> told_{};
};

}  // namespace dmb
