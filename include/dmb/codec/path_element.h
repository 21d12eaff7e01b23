// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace dmb {

/// `text` with every character outside [A-Za-z0-9] and '_' replaced by '_' and its hex code, so
/// that one odd character does not make the whole AddSettings call fail. An 'x' is
/// put before a first character that is no letter or digit: the service refuses a leading '_'.
std::string settings_path_element(const std::string& text);

}  // namespace dmb
