// SPDX-License-Identifier: MIT
#pragma once

#include "binding.h"
#include "dmb/battery/value.h"
#include "json_document.h"
#include "map_plan.h"
#include "pointer.h"
#include "raw_value.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// A message, as long as it is looked at.
struct MappedMessage {
  std::string_view topic;
  std::string_view payload;
  bool retained = false;
  Instant now{};
  RawValue bare = {};  ///< the payload as one value
};

/// Finds the sources of a map that a message belongs to, and their values in it. JSON is parsed
/// once, however many sources look into it.
class MessageReader {
 public:
  using Match = MapPlan::Match;

  struct Opened {
    std::optional<std::string> taken_over = {};  ///< the topic of the battery before, now void
    bool other = false;                          ///< of another battery, which was not named before
    std::optional<std::string> fault = {};       ///< the payload cannot be used
  };
  /// `matches` are left empty where the message is not for us, or cannot be used.
  Opened open(const MapPlan& plan, const MappedMessage& message);
  const std::vector<Match>& matches() const { return matches_; }

  /// Calls tell(number, raw value) for each value that the source has in the message that was
  /// opened.
  template <typename Tell>
  void for_each_value(const MapPlan& plan, const Match& match, const MappedMessage& message,
                      const Tell& tell) const {
    const MapPlan::Source& source = plan.source(match.source);
    if (!source.map->pointer || message.bare.kind == RawValue::Kind::unknown)
      return tell(std::nullopt, message.bare);
    const bool numbered = source.line != nullptr && source.line->numbered;
    resolve(document_, *source.map->pointer, numbered ? source.line->numbers : kMaxCells,
            [this, &tell](std::optional<int> number, std::size_t at) {
              tell(number, raw_of_json(document_, at));
            });
  }
  void close() { document_.release_if_large(); }

  Bindings& bindings() { return bindings_; }
  const Bindings& bindings() const { return bindings_; }

 private:
  bool is_ours(const Match& match, const MappedMessage& message, Opened& opened);
  bool needs_json(const MapPlan& plan, const MappedMessage& message) const;

  Bindings bindings_;
  JsonDocument document_;
  std::vector<Match> matches_;
};

}  // namespace dmb
