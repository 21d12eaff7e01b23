// SPDX-License-Identifier: MIT
#include "dmb/mapping/intake.h"
