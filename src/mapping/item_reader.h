// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/reading.h"
#include "map_plan.h"
#include "message_reader.h"
#include "raw_value.h"
#include "source_values.h"

#include <functional>
#include <optional>

namespace dmb {

/// Makes values of items of what sources brought, and remembers it: an item may have several
/// sources, and a source several items.
class ItemReader {
 public:
  /// `read` holds what is known of the item now, with what was wrong.
  using Told = std::function<void(Quantity id, const Reading& read)>;

  /// `number` is that of the value within the message, where it has one.
  void read(const MapPlan& plan, const MapPlan::Match& match, std::optional<int> number,
            const RawValue& raw, const MappedMessage& message, const Told& told);

  SourceValues& values() { return values_; }
  const SourceValues& values() const { return values_; }
  void forget();

 private:
  /// A value on its way to an item.
  struct Step {
    const MapPlan::Source& source;
    const MapPlan::Match& match;
    const RawValue& raw;
    const MappedMessage& message;
    const Told& told;
  };

  void read_item(const Step& step, Quantity id, std::optional<int> number);
  void read_number(const Step& step, int number);
  void read_bits(const Step& step);
  void read_all_told(const Step& step);

  SourceValues values_;
  Reading read_;            ///< of the item at hand
  int highest_number_ = 0;  ///< of a cell that was told of
};

}  // namespace dmb
