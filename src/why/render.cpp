// SPDX-License-Identifier: MIT
#include "dmb/codec/text.h"
#include "dmb/status/page.h"
#include "dmb/why/explain.h"
#include "words.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace dmb::why {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxLine = 600;

// --- For people ---

void render_todo(const Answer& answer, status::Page& page) {
  for (const Clause& clause : answer.clauses)
    if (!clause.todo.empty()) page.line(0, "-> " + clause.todo);
}

std::string with_unit(const Step& step, const Chain& chain) {
  if (chain.unit == "V") return volts(step.value);
  return is_unlimited(step.value) ? "no limit" : amps(step.value);
}

void render_chain(const Chain& chain, status::Page& page) {
  if (chain.steps.empty()) return;
  page.blank();
  page.line(0, chain.limit);
  for (const Step& step : chain.steps)
    page.row(0, (step.decides ? "> " : "  ") + with_unit(step, chain),
             step.who + (step.why.empty() ? "" : ": " + step.why));
}

// --- For scripts ---

std::string text(const std::string& untrusted) {
  return is_bus_text(untrusted) ? untrusted : printable(untrusted, std::string::npos);
}

Json json_of(const Answer& answer) {
  Json clauses = Json::array();
  for (const Clause& clause : answer.clauses)
    clauses.push_back({{"id", clause.id},
                       {"text", text(clause.text)},
                       {"todo", text(clause.todo)},
                       {"limits", clause.limits}});
  return {{"line", text(answer.line)}, {"limited", answer.limited()}, {"clauses", clauses}};
}

Json json_of(const Chain& chain) {
  Json steps = Json::array();
  for (const Step& step : chain.steps)
    steps.push_back({{"who", text(step.who)},
                     {"value", step.value ? Json(std::round(*step.value * 1000) / 1000) : Json()},
                     {"why", text(step.why)},
                     {"decides", step.decides}});
  return {{"limit", chain.limit}, {"unit", chain.unit}, {"steps", steps}};
}

}  // namespace

std::string render(const Why& why) {
  const std::string& first = verdict(why);
  status::Page page;
  if (why.trouble.empty()) {
    if (why.charge.line != first) page.line(0, why.charge.line);
    if (why.discharge && why.discharge->line != first) page.line(0, why.discharge->line);
    render_todo(why.charge, page);
    if (why.discharge) render_todo(*why.discharge, page);
  }
  for (const std::string& service : why.silent) page.line(0, service + " does not answer");
  for (const Chain& chain : why.chains) render_chain(chain, page);
  return printable(first, kMaxLine) + '\n' + page.take();
}

std::string to_json(const Why& why) {
  constexpr int kSchema = 1;
  Json chains = Json::array();
  for (const Chain& chain : why.chains) chains.push_back(json_of(chain));
  Json silent = Json::array();
  for (const std::string& service : why.silent) silent.push_back(text(service));
  const Json object{{"schema", kSchema},
                    {"verdict", text(verdict(why))},
                    {"exit_code", static_cast<int>(outcome(why))},
                    {"battery", text(why.battery)},
                    {"service", text(why.service)},
                    {"charge", why.trouble.empty() ? json_of(why.charge) : Json()},
                    {"discharge", why.discharge ? json_of(*why.discharge) : Json()},
                    {"chains", chains},
                    {"silent", silent}};
  return object.dump(2) + '\n';
}

}  // namespace dmb::why
