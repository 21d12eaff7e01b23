// SPDX-License-Identifier: MIT
#include "app/replay/stage.h"

#include "dmb/config/parse.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace dmb::replay {
namespace {

Presets presets_of(const record::ConfigLoaded& loaded) {
  Presets presets{
      .read = [texts = loaded.presets](const std::string& name) -> std::optional<std::string> {
        const auto found = texts.find(name);
        return found == texts.end() ? std::nullopt : std::optional(found->second);
      },
      .names = {}};
  for (const auto& [name, text] : loaded.presets) presets.names.push_back(name);
  return presets;
}

bool is_of_catch_up(const record::What& what) {
  return !std::holds_alternative<record::Began>(what) &&
         !std::holds_alternative<record::CaughtUp>(what);
}

}  // namespace

Stage::Stage(std::optional<Config> other, Audience& audience)
    : other_(std::move(other)), audience_(audience) {
  if (other_) config_ = *other_;
}

void Stage::play(const record::Line& line) {
  if (skips_catch_up_ && is_of_catch_up(line.what)) return;
  if (other_) let_time_pass(line.at);
  now_ = line.at;
  std::visit([this](const auto& what) { on(what); }, line.what);
  tell_notes();
  audience_.on_line(line);
}

/// By another config a device changes at other times than those at which it was looked at.
void Stage::let_time_pass(Instant until) {
  constexpr int kMostLooks = 100'000;  // in hours without a line
  for (int looks = 0; looks < kMostLooks; ++looks) {
    Played* first = nullptr;
    std::optional<Instant> at;
    for (const auto& [service, device] : devices_) {
      const auto due = device->due(now_);
      if (due && (!at || *due < *at)) {
        at = due;
        first = device.get();
      }
    }
    if (first == nullptr || *at >= until) return;
    now_ = std::max(now_, *at);
    first->pass_time(now_);
    look_at(*first);
  }
}

// --- Parts and configs ---

/// The next part of what is played goes on with its devices; anything else begins anew.
void Stage::on(const record::Began& began) {
  const bool goes_on = began.catches_up && part_ && began.part == *part_ + 1;
  part_ = began.part;
  skips_catch_up_ = goes_on;
  if (goes_on) return;
  end_run();
  if (!other_) config_ = {};
  audience_.on_run(began, now_);
  if (began.catches_up)
    remark("the part before is not there: what was decided first may have been decided otherwise");
}

void Stage::on(const record::CaughtUp&) {
  skips_catch_up_ = false;
}

void Stage::on(const record::ConfigLoaded& loaded) {
  if (other_) return;
  // Whoever runs without a config file records an empty text.
  if (loaded.text.empty()) {
    config_ = config_without_file();
    return;
  }
  ConfigResult result = parse_config(loaded.text, presets_of(loaded));
  if (result.config) {
    config_ = std::move(*result.config);
    return;
  }
  for (const ConfigProblem& problem : result.problems)
    if (problem.severity == ConfigProblem::Severity::error)
      return remark("its config cannot be read: " + describe(problem, "recorded config"));
}

void Stage::end_run() {
  for (const auto& [service, device] : devices_) audience_.on_ended(*device, now_);
  devices_.clear();
  rebuild_routes();
}

// --- Devices ---

void Stage::on(const record::Created& created) {
  std::unique_ptr<Played> device;
  if (created.is_bank)
    device = PlayedBank::create(config_, created.device);
  else
    device = PlayedBattery::create(config_, created.device);
  if (!device) return remark_absent(created.device);
  devices_[created.device] = std::move(device);
  rebuild_routes();
  audience_.on_created(*devices_[created.device], now_);
}

void Stage::on(const record::Changed& changed) {
  auto node = devices_.extract(changed.was);
  if (node.empty()) return;
  Played& device = *node.mapped();
  if (!device.change(config_, changed.device, now_)) {
    audience_.on_ended(device, now_);
    rebuild_routes();
    return remark_absent(changed.device);
  }
  node.key() = changed.device;
  devices_.erase(changed.device);
  devices_.insert(std::move(node));
  rebuild_routes();
  audience_.on_changed(device, now_);
}

void Stage::on(const record::Ended& ended) {
  auto node = devices_.extract(ended.device);
  if (node.empty()) return;
  audience_.on_ended(*node.mapped(), now_);
  rebuild_routes();
}

void Stage::on(const record::Resumed& resumed) {
  if (Played* device = find(resumed.device)) device->resume(resumed.memory, now_);
}

void Stage::on(const record::Viewed& viewed) {
  if (Played* device = find(viewed.device)) look_at(*device);
}

void Stage::look_at(Played& device) {
  const auto news = device.view(now_);
  tell_notes();
  audience_.on_view(device, news, now_);
}

Played* Stage::find(const std::string& service) {
  const auto found = devices_.find(service);
  return found == devices_.end() ? nullptr : found->second.get();
}

PlayedBattery* Stage::battery(const std::string& service) {
  const auto found = std::ranges::find(batteries_, service, &Played::service);
  return found == batteries_.end() ? nullptr : *found;
}

// --- What is said of it ---

void Stage::tell_notes() {
  for (const auto& [service, device] : devices_)
    if (const Notes notes = device->device().take_notes(); !notes.empty())
      audience_.on_notes(*device, notes, now_);
}

void Stage::remark(const std::string& text) {
  audience_.on_remark(text, now_);
}

/// Once each.
void Stage::remark_absent(const std::string& service) {
  if (remarked_absent_.insert(service).second)
    remark("the config has no " + service + ": it is not played");
}

void Stage::on(const record::Gap& gap) {
  remark(std::to_string(gap.lines) +
         " lines are missing here: what follows may have been decided otherwise");
}

}  // namespace dmb::replay
