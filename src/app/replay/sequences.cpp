// SPDX-License-Identifier: MIT
#include "app/replay/sequences.h"

#include "app/replay/decision_text.h"
#include "dmb/codec/text.h"

#include <algorithm>
#include <set>
#include <variant>

namespace dmb::replay {
namespace {

using record::Decision;

std::string text_at(const std::vector<Decision>& decisions, std::size_t index) {
  return index < decisions.size() ? describe(decisions[index]) : "nothing more";
}

/// Index of the first that differs; the size of both where all are the same.
std::size_t first_difference(const std::vector<Decision>& a, const std::vector<Decision>& b) {
  const auto [in_a, in_b] =
      std::ranges::mismatch(a, b, [](const Decision& x, const Decision& y) { return same(x, y); });
  return static_cast<std::size_t>(in_a - a.begin());
}

}  // namespace

/// What stands there a second time, for who has not seen the part before, is no other decision.
void Sequences::take(const record::Line& line) {
  const auto* decided = std::get_if<record::Decided>(&line.what);
  if (decided == nullptr) return;
  auto& decisions = decided_[decided->device];
  if (decisions.empty() || decisions.back() != decided->decision)
    decisions.push_back(decided->decision);
}

void Sequences::on_view(Played& device, const std::optional<Decision>& news, Instant now) {
  if (news) take({now, record::Decided{device.service(), *news}});
}

std::size_t Sequences::decisions() const {
  std::size_t count = 0;
  for (const auto& [service, decisions] : decided_) count += decisions.size();
  return count;
}

std::vector<Difference> Sequences::compare(const Sequences& recorded, const Sequences& replayed) {
  std::set<std::string> services;
  for (const Sequences* side : {&recorded, &replayed})
    for (const auto& [service, decisions] : side->decided_) services.insert(service);
  std::vector<Difference> differences;
  const auto of = [](const Sequences& side, const std::string& service) {
    const auto found = side.decided_.find(service);
    return found == side.decided_.end() ? std::vector<Decision>() : found->second;
  };
  for (const std::string& service : services) {
    const auto then = of(recorded, service);
    const auto now = of(replayed, service);
    const std::size_t first = first_difference(then, now);
    if (first == then.size() && first == now.size()) continue;
    differences.push_back({printable(service) + ", decision " + std::to_string(first + 1),
                           text_at(then, first), text_at(now, first)});
  }
  return differences;
}

}  // namespace dmb::replay
