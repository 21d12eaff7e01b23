// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/record/masker.h"

#include <optional>
#include <string_view>

// Which words tell a secret, and which words none can be.
namespace dmb::record {

/// What stands behind this key of a message or log; nullopt: nothing secret.
std::optional<Secret> secret_behind(std::string_view key);

/// The same, of a key of a config.ini, with slips in typing. `lower_key`: in lower case.
std::optional<Secret> secret_of_config_key(std::string_view lower_key);

/// Whether `text` is, in any case, part of a word that this program itself uses: of a path, a key,
/// a section or a service. Replaced everywhere, it would take the meaning from what is recorded.
bool is_own_vocabulary(std::string_view text);

/// Text of digits only.
bool is_all_digits(std::string_view text);

}  // namespace dmb::record
