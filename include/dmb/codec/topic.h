// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dmb {

/// Whether a publication to `topic` belongs to the subscription `filter` (MQTT 3.1.1, 4.7): `+` is
/// one level, a final `#` any number, and neither matches a first level that begins with `$`.
bool topic_matches(std::string_view filter, std::string_view topic);

/// The portal id of a Venus broker's topic "N/<portal id>/…"; nullopt for other topics and where
/// the id is a wildcard (specification 3.1).
std::optional<std::string> portal_id_of(std::string_view topic);

/// "N/<portal id>/heartbeat".
std::string heartbeat_topic(std::string_view portal_id);

}  // namespace dmb
