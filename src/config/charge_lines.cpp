// SPDX-License-Identifier: MIT
#include "dmb/config/charge_lines.h"

#include "dmb/battery/shortest.h"
#include "dmb/config/charge_keys.h"
#include "dmb/config/charge_words.h"

namespace dmb {
namespace {

std::string words_for_seasons(const ChargeRules& rules) {
  std::string text;
  for (std::size_t i = 0; i < kMonthWords.size(); ++i)
    if (const auto& full_v = rules.season_full_v[i])
      text += (text.empty() ? "" : " ") + std::string(kMonthWords[i]) + ":" + shortest(*full_v);
  return text;
}

}  // namespace

std::vector<WrittenChargeLine> charge_lines(const ChargeRules& rules) {
  const ChargeRules usual(rules.chemistry);
  std::vector<WrittenChargeLine> lines;
  lines.push_back(
      {"chemistry", std::string(kChemistryWords.at(static_cast<std::size_t>(rules.chemistry)))});
  for (const auto& [key, number, unit] : kChargeNumbers)
    if (rules.*number != usual.*number) lines.push_back({key, shortest(rules.*number)});
  if (rules.cells) lines.push_back({"cells", std::to_string(*rules.cells)});
  if (rules.full_for != usual.full_for)
    lines.push_back({"full_for", std::to_string(rules.full_for.count()) + " s"});
  if (rules.balance_every != usual.balance_every)
    lines.push_back({"balance_every_days", std::to_string(rules.balance_every.count())});
  for (const auto& [key, curve, example] : kChargeCurves)
    if (rules.*curve != usual.*curve)
      lines.push_back({key, (rules.*curve).points().empty() ? "none" : words_for(rules.*curve)});
  if (rules.season_full_v != usual.season_full_v)
    lines.push_back({"season_full", words_for_seasons(rules)});
  return lines;
}

}  // namespace dmb
