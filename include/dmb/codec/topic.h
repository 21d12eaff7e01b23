// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dmb {

/// The first level of `rest`, which loses it; nullopt when there is none left. "a/" has two levels.
std::optional<std::string_view> take_level(std::optional<std::string_view>& rest);

/// Whether a publication to `topic` belongs to the subscription `filter` (MQTT 3.1.1, 4.7): `+` is
/// one level, a final `#` any number, and neither matches a first level that begins with `$`.
bool topic_matches(std::string_view filter, std::string_view topic);

/// Whether there is a topic that belongs to both filters; that they are shared ("$share/group/…")
/// changes nothing.
bool filters_overlap(std::string_view a, std::string_view b);

/// A topic of a Venus broker, "N/<portal id>/<rest>"; behind a bridge "<prefix>/N/<portal id>/…".
struct VenusTopic {
  std::string prefix;  ///< empty, or with its "/" at the end
  std::string portal_id;
  std::string rest;

  /// The broker's sign of life.
  std::string heartbeat() const { return prefix + "N/" + portal_id + "/heartbeat"; }
  /// What keeps it sending.
  std::string keepalive() const { return prefix + "R/" + portal_id + "/keepalive"; }
  /// What makes it send this very topic. Not with wildcards in `rest`.
  std::string question() const { return prefix + "R/" + portal_id + "/" + rest; }
};

/// nullopt for other topics, and where prefix or portal id hold wildcards. `rest` may.
std::optional<VenusTopic> venus_topic_of(std::string_view topic);

bool has_wildcard(std::string_view filter);

}  // namespace dmb
