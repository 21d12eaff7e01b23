// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/status/health.h"
#include "samples.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace dmb::status {

inline std::string all_text(const std::vector<Advice>& advice) {
  std::string text;
  for (const Advice& a : advice)
    text += (a.problem ? "! " : "- ") + a.subject + ": " + a.what + " -> " + a.todo + "\n";
  return text;
}

struct Case {
  const char* what;
  std::function<void(ProcessStatus&)> change;
  std::vector<const char*> says;
  Verdict verdict = Verdict::degraded;
};

inline void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    Report report = live_report();
    c.change(report.processes.front());
    const auto advice = advise(report);
    const std::string text = all_text(advice);
    EXPECT_EQ(verdict(report, advice), c.verdict) << c.what << "\n" << text;
    for (const char* part : c.says)
      EXPECT_NE(text.find(part), std::string::npos) << c.what << " lacks " << part << "\n" << text;
  }
}

}  // namespace dmb::status
