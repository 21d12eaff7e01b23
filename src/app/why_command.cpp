// SPDX-License-Identifier: MIT
#include "app/why_command.h"

#include "dbus/status_query.h"
#include "dmb/status/json.h"
#include "dmb/why/explain.h"
#include "dmb/why/gx_facts.h"

#include <cstdio>
#include <exception>
#include <utility>
#include <vector>

namespace dmb {
namespace {

why::Why look(const std::string& name) try {
  const StatusFindings found = query_items({why::is_asked, why::is_wanted});
  std::vector<status::ProcessStatus> processes;
  why::GxFacts facts;
  for (const StatusAnswer& answer : found.processes) {
    auto parsed = status::parse_process(answer.text);
    if (answer.trouble.empty() && parsed.process)
      processes.push_back(std::move(*parsed.process));
    else
      facts.own_trouble = answer.trouble.empty() ? parsed.trouble : answer.trouble;
  }
  for (const ServiceAnswer& answer : found.services) why::take(answer.service, answer.items, facts);
  return why::explain(facts, processes, name);
} catch (const std::exception& error) {
  return {.trouble = error.what()};
}

}  // namespace

int print_why(const std::string& name, bool json) {
  const why::Why why = look(name);
  const std::string text = json ? why::to_json(why) : why::render(why);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return static_cast<int>(why::outcome(why));
}

}  // namespace dmb
