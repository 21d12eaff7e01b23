// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/record/masker.h"

#include <functional>
#include <string_view>

namespace dmb::record {

/// What a text gives away. `spelled` ends with `value` and begins with the key that tells it.
struct FoundSecret {
  Secret kind;
  std::string_view spelled;
  std::string_view value;
};

/// Calls `found` with each secret of a text, as it stands there: JSON escapes are left alone.
void find_secrets(std::string_view text, const std::function<void(const FoundSecret&)>& found);

/// Whether the last level of a topic says that its messages are a secret.
std::optional<Secret> secret_of_topic(std::string_view topic);

}  // namespace dmb::record
