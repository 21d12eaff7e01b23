// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/reading.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// What a walk through a payload noted, so that the next one can do without: whose the scalars are.
struct ScalarNotes {
  std::vector<std::optional<Quantity>> items;  ///< of each scalar in turn; nullopt: of none
  bool in_order = true;  ///< each item is told once, and every scalar counts on its own
  std::string wrapped;   ///< the document, when it is a text within the payload

  void begin() {
    items.clear();
    in_order = true;
    wrapped.clear();
  }
};

/// The text of the last payload, with its scalars marked. The next payload mostly differs from it
/// in some scalars only; then their new values are all there is to read. A document that is a text
/// in the payload ({"value":"{\"Soc\":63}"}) is looked at where it stands.
class PayloadShape {
 public:
  /// `notes` were made when `payload` was walked through. Remembers nothing of texts with escapes,
  /// nor of long ones.
  void learn(std::string_view payload, const ScalarNotes& notes);
  void forget() { scalars_.clear(); }

  /// Brings `reading`, which holds what the last payload says, to what `payload` says. False when
  /// `payload` differs in more than scalars: then nothing is remembered, and `reading` is a mix.
  bool follow(std::string_view payload, Reading& reading);

 private:
  struct Scalar {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::optional<Quantity> item;
  };

  bool find_scalars(std::string_view payload, std::size_t begin, std::size_t end,
                    const ScalarNotes& notes);
  bool follow_scalars(std::string_view payload, Reading& reading);

  std::string last_;
  std::string_view quote_ = "\"";
  std::vector<Scalar> scalars_;
};

}  // namespace dmb
