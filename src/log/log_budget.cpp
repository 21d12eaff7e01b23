// SPDX-License-Identifier: MIT
#include "log/log_budget.h"

namespace dmb {

bool LogBudget::is_spent(Instant now) const {
  return spent_ > lines_ && now - last_ < kCalm && now - begin_ < kAnew;
}

LogBudget::Say LogBudget::spend(Instant now) {
  if (now - last_ >= kCalm || now - begin_ >= kAnew) spent_ = 0;
  last_ = now;
  if (spent_ == 0) begin_ = now;
  if (spent_ > lines_) return Say::nothing;
  return ++spent_ > lines_ ? Say::notice : Say::line;
}

}  // namespace dmb
