// SPDX-License-Identifier: MIT
#include "dmb/status/forget.h"

#include "dmb/codec/text.h"

namespace dmb::status {
namespace {

std::string outcome_text(std::optional<Forgetting> outcome, const std::string& name) {
  if (!outcome) return "it aggregates no shunts, so it knows of none";
  switch (*outcome) {
    case Forgetting::forgotten:
      return name + " is forgotten; limits that shrank for it rise after the usual delay";
    case Forgetting::present:
      return name +
             " is on the bus, so it cannot be forgotten: take it off, or name it in exclude_shunts";
    case Forgetting::several:
      return "several missing shunts are called " + name + ": ask with the serial of one";
    case Forgetting::unknown:
      break;
  }
  return "no missing shunt is called " + name;
}

std::string missing_text(const std::vector<std::string>& missing) {
  if (missing.empty()) return "No shunt is missing.\n";
  std::string text = "Missing:\n";
  for (const std::string& shunt : missing) text += "  " + printable(shunt) + '\n';
  return text;
}

std::string sensors_text(bool forgotten, const std::string& name) {
  if (!forgotten) return "no cell and no temperature of " + name + " is missing";
  return "cells and temperatures of " + name +
         " that are missing now are not missed any more; limits that fell for it rise after the "
         "usual delay";
}

}  // namespace

std::string describe(const ForgetAnswer& answer, const std::string& name) {
  if (answer.sensors)
    return sensors_text(answer.outcome == Forgetting::forgotten, printable(name)) + ".\n";
  std::string text = outcome_text(answer.outcome, printable(name)) + ".\n";
  if (!answer.outcome) return text;
  text += missing_text(answer.missing);
  const auto named = static_cast<std::int64_t>(answer.missing.size());
  if (answer.lost > named)
    text +=
        "Missed all the same: " + std::to_string(answer.lost - named) +
        ", because expected_shunts in the config says how many there are, or because a shunt is "
        "on the bus and tells nothing.\n";
  return text;
}

}  // namespace dmb::status
