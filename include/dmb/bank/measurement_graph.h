// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// What measures batteries: one service of the bus, or a battery of this process. Empty texts and
/// nullopt: not told. Services are whole bus names.
struct MeasurementNode {
  std::string service;
  std::string serial;
  std::string physical_device;           ///< /Measurement/PhysicalDevice
  std::string owner;                     ///< unique name of its connection
  std::uint64_t arrival = 0;             ///< as ShuntPlace::arrival
  bool is_member = true;                 ///< it counts unless another one stands for it
  bool is_aggregate = false;             ///< computed from what it tracks
  bool is_own = false;                   ///< a battery of this process
  bool has_bms = false;                  ///< it tells limits
  std::vector<std::string> tracks;       ///< services; only an aggregate's matter
  std::vector<std::string> peers;        ///< services that measure the same battery
  std::string authority;                 ///< the service that is to be believed among those
  std::optional<std::int64_t> instance;  ///< /DeviceInstance of a service
  /// Of a battery of this process that reads another's values off the GX's own broker: the
  /// instance of that one.
  std::optional<std::int64_t> read_instance;
};

/// Why a member does not count, and the index of the one that stands for it.
struct StandIn {
  enum class Why : std::uint8_t {
    tracked,        ///< an aggregate that counts has it in its sum
    same_hardware,  ///< the other one measures the same battery
  };
  Why why;
  std::size_t by;
  bool operator==(const StandIn&) const = default;
};

/// For each node, who stands for it: so that no battery is counted twice, and none is left out that
/// nobody stands for. An aggregate that is a member stands for all that it tracks, also through
/// other aggregates; of some that track each other, the first by name counts. Of several that
/// measure the same battery (by serial, physical device, peers, or because one connection shows
/// them) counts the one that is named as authority, else one with a BMS, else one of this process,
/// else what arrived last, else the first by name. Nobody but members, and what they track, has a
/// say. nullopt: nobody; also for what is no member.
std::vector<std::optional<StandIn>> find_stand_ins(std::span<const MeasurementNode> nodes);

/// The services of a comma-separated list as /Measurement/TracksServices holds it; at most 200.
std::vector<std::string> parse_services(std::string_view list);

/// Whether a serial tells one battery from another: some BMSes send zeros or blanks.
bool is_telling_serial(std::string_view serial);

}  // namespace dmb
