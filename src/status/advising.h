// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/status/health.h"

#include <string>
#include <utility>
#include <vector>

namespace dmb::status {

/// Gathers advice.
class Advising {
 public:
  void problem(std::string subject, std::string what, std::string todo) {
    list_.push_back({true, std::move(subject), std::move(what), std::move(todo)});
  }
  void hint(std::string subject, std::string what, std::string todo) {
    list_.push_back({false, std::move(subject), std::move(what), std::move(todo)});
  }
  std::vector<Advice> take() { return std::move(list_); }

 private:
  std::vector<Advice> list_;
};

// One function per thing that can be wrong; in the file of the same name.
void advise_service(const ServiceStatus& service, const std::string& name, const Commands& commands,
                    Advising& advising);
void advise_aggregate(const AggregateStatus& aggregate, const Commands& commands,
                      Advising& advising);
void advise_bank(const AggregateStatus& bank, const Commands& commands, Advising& advising);
void advise_system(const Report& report, Advising& advising);

}  // namespace dmb::status
