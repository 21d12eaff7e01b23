// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

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
  std::string measurement_kind;            ///< contract 8: "direct" or "derived"
  std::optional<std::int64_t> is_virtual;  ///< /Devices/0/Virtual

  bool operator==(const ServiceIdentity&) const = default;
};

enum class Membership : std::uint8_t {
  member,
  undecided,  ///< has not told its product yet; may become a member
  no_shunt,
  excluded,  ///< by exclude_shunts
  derived,   ///< computed from other batteries: would be counted twice
};

/// Whether a service takes part in the aggregate (specification 4.1). `excluded` holds instances,
/// custom names, serials and service names, as the user wrote them.
Membership membership(const ServiceIdentity& identity, std::span<const std::string> excluded);

/// What to call it in a log or a reason: its custom name, else its product and instance.
std::string display_name(const ServiceIdentity& identity);

}  // namespace dmb
