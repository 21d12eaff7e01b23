// SPDX-License-Identifier: MIT
#include "dmb/mapping/parse_map.h"
