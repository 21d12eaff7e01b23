// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/shunt_selection.h"
#include "dmb/battery/fit.h"
#include "dmb/battery/member_quantity.h"
#include "dmb/battery/sparse_values.h"
#include "dmb/codec/bus_value.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// What one battery service has told about itself: the paths of ServiceIdentity, and whatever the
/// table of quantities knows of a battery, nothing else, so that its size is bounded. Pure: knows
/// neither bus nor time.
class BatteryRecord {
 public:
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
  std::optional<Quantity> find(std::string_view path) const;

  /// Of what find() returned. monostate is the invalid value. nullopt: it was something that no
  /// item can hold. What is not of the path's type or range becomes invalid.
  void set(Quantity quantity, const std::optional<BusValue>& value);

  const ServiceIdentity& identity() const { return identity_; }
  /// What a bank merges.
  const MemberValues& values() const { return values_; }
  /// All else that is told of the battery: cells, limits, texts. A SmartShunt has nothing of it.
  const SparseValues& others() const { return others_; }

  /// Whether others() are kept from now on; at first they are. Those of a service that takes part
  /// in nothing are not worth their room.
  void keep_others(bool keep);
  bool keeps_others() const { return keeps_others_; }

  /// What changed since this was last asked.
  Changes take_changes();
  /// Faults of paths that had none before: each path is worth one line. Measurements only if asked
  /// for; what a service that is no member measures is none of our business.
  std::vector<FaultAt> take_faults(bool of_measurements);

 private:
  struct Fault {
    Misfit misfit;
    bool told = false;
  };

  void set_measurement(MemberQuantity quantity, const std::optional<BusValue>& value);
  void set_other(Quantity quantity, const std::optional<BusValue>& value);
  void set_field(Quantity quantity, std::string ServiceIdentity::*field,
                 const std::optional<BusValue>& value);
  void set_field(Quantity quantity, std::optional<std::int64_t> ServiceIdentity::*field,
                 const std::optional<BusValue>& value);
  void note(Quantity quantity, std::optional<Misfit> misfit);

  ServiceIdentity identity_;
  MemberValues values_;
  SparseValues others_;
  bool keeps_others_ = true;
  Changes changes_;
  std::map<Quantity, Fault> faults_;  ///< the first of each path
};

}  // namespace dmb
