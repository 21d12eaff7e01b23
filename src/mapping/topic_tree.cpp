// SPDX-License-Identifier: MIT
#include "dmb/mapping/topic_tree.h"
