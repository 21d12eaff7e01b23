// SPDX-License-Identifier: MIT
#pragma once

#include "app/replay/audience.h"
#include "app/replay/comparison.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace dmb::replay {

/// What each device decides, one after the other, whenever that is.
class Sequences final : public Audience {
 public:
  /// What a recording says of it.
  void take(const record::Line& line);
  /// What is decided now.
  void on_view(Played& device, const std::optional<record::Decision>& news, Instant now) override;

  std::size_t decisions() const;
  /// What differs, of each device the first.
  static std::vector<Difference> compare(const Sequences& recorded, const Sequences& replayed);

 private:
  std::map<std::string, std::vector<record::Decision>> decided_;  ///< by service
};

}  // namespace dmb::replay
