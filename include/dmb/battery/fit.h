// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/item_spec.h"
#include "dmb/battery/value.h"

#include <cstdint>
#include <string>
#include <variant>

namespace dmb {

/// Why something is no value of a quantity.
enum class Misfit : std::uint8_t { wrong_type, not_finite, not_whole, out_of_range };

/// What those who hand in numbers may do differently.
struct FitOptions {
  /// Trait::slack counts: publishers compute a share of 100 from what is left and what a full
  /// battery has. Nobody else's shares may lie outside.
  bool slack = false;
  /// A fraction is cut off where whole numbers are wanted, as the platform's own services do with
  /// what is written to them.
  bool cut_off = false;
};

/// The only way from a number that somebody measured, sent or worked out to one that `item` can
/// hold: finite, whole where the kind wants it (a count is rounded, a fraction of an enumeration
/// is a fault), within the range, of the item's sign, and never a negative zero. Not for texts.
std::variant<double, Misfit> fit(double number, const ItemSpec& item, FitOptions options = {});

/// `number`, which fits, as it stands on the bus.
inline Value as_value(double number, Kind kind) {
  return kind == Kind::measure ? Value(number) : Value(static_cast<std::int32_t>(number));
}

/// The same in one, where a number that does not fit is none: for what we worked out ourselves.
OptValue fit_value(double number, const ItemSpec& item);

/// What is wrong with `number`, for people: "140 is outside 0 … 100", and what unit it may be in.
std::string complaint(Misfit misfit, double number, const ItemSpec& item);

}  // namespace dmb
