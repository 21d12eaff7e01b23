// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// What a battery service tells about itself, as far as it matters for membership. Empty strings
/// and nullopt: not told (yet).
struct ServiceIdentity {
  std::string service;  ///< whole bus name
  std::optional<std::int64_t> product_id;
  std::string product_name;
  std::string custom_name;
  std::string serial;
  std::optional<std::int64_t> device_instance;
  std::string measurement_kind;            ///< "direct" or "derived"
  std::optional<std::int64_t> is_virtual;  ///< /Devices/0/Virtual
  std::string process_name = {};           ///< of its program
  std::string tracks = {};                 ///< /Measurement/TracksServices, as it is told
  std::string physical_device = {};        ///< /Measurement/PhysicalDevice
  std::string peers = {};                  ///< /Measurement/PeerServices, as it is told
  std::string authority = {};              ///< /Measurement/LineAuthority

  bool operator==(const ServiceIdentity&) const = default;
};

enum class Membership : std::uint8_t {
  member,
  undecided,  ///< has not told its product yet; may become a member
  no_shunt,
  excluded,  ///< by exclude_shunts; it and what follows never counted, whatever it seemed to be
  derived,   ///< computed from other batteries: would be counted twice
  // Of a bank of any batteries only:
  not_named,     ///< no entry of the config names it
  monitor,       ///< measures what a pack's own BMS measures too, and no entry names it
  same_program,  ///< shown by this driver or another instance of it, and no entry names it
};

/// Whether the user means this service by `entry`: its instance, its custom name in any case, its
/// serial, or its service name, whole or without what all batteries' begin with.
bool is_named(const ServiceIdentity& identity, std::string_view entry);

/// Entries as of is_named().
struct ShuntChoice {
  std::span<const std::string> excluded;  ///< wins
  std::span<const std::string> included;  ///< monitors that are no SmartShunts
};

/// Whether a service takes part in the aggregate: a SmartShunt, or one that is included, unless it
/// is excluded or computed from others.
Membership membership(const ServiceIdentity& identity, const ShuntChoice& choice);

bool is_smartshunt(const ServiceIdentity& identity);

/// A battery monitor that would be a member if it were included: a BMV or a Lynx Shunt.
bool is_other_monitor(const ServiceIdentity& identity);

/// Where a shunt is heard.
struct ShuntPlace {
  std::string_view serial;  ///< empty: not known
  std::string_view owner;   ///< unique name of the connection
  std::uint64_t arrival =
      0;  ///< in the order of arrival; the same for all that were there at start
};

/// A shunt is known by its serial: the same one on another port or under a second name is the same
/// shunt, and so is what one connection shows under two names. Heard is where it arrived last; the
/// older service's program may hang on an unplugged port for ever. nullopt, or the index of the
/// place that is heard instead.
std::vector<std::optional<std::size_t>> find_superseded(std::span<const ShuntPlace> places);

/// What to call it in a log or a reason: its custom name, else its product and instance.
std::string display_name(const ServiceIdentity& identity);

}  // namespace dmb
