// SPDX-License-Identifier: MIT
#include "sources/bus/limits_in_force.h"

#include "dmb/battery/quantity.h"

#include <sdbus-c++/sdbus-c++.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>
#include <variant>

namespace dmb {
namespace {

constexpr const char* kSystem = "com.victronenergy.system";
constexpr const char* kActiveBms = "/ActiveBmsService";
constexpr const char* kDvcc = "/Control/Dvcc";
/// Whoever tells more is not to be believed.
constexpr double kMost = 1e6;

std::string path_of(Quantity quantity) {
  return std::string(quantity.spec().path);
}

std::optional<double> number_in(const ItemMap& items, std::string_view path) {
  const auto item = items.find(path);
  const auto number = item != items.end() ? number_of(item->second) : std::nullopt;
  return number && std::abs(*number) <= kMost ? number : std::nullopt;  // not a NaN either
}

std::string text_in(const ItemMap& items, std::string_view path) {
  const auto item = items.find(path);
  const auto* text = item != items.end() ? std::get_if<std::string>(&item->second) : nullptr;
  return text != nullptr ? *text : std::string();
}

/// systemcalc makes 0 of what is below.
std::optional<double> current_in(const ItemMap& items, Quantity quantity) {
  const auto current_a = number_in(items, path_of(quantity));
  return current_a ? std::optional(std::max(*current_a, 0.0)) : std::nullopt;
}

LimitsInForce limits_of(const std::string& service, const ItemMap& items) {
  LimitsInForce found{
      .missing = std::nullopt,
      .who = text_in(items, path_of(q("/CustomName"))),
      .limits = {.max_charge_voltage_v = number_in(items, path_of(q("/Info/MaxChargeVoltage"))),
                 .max_charge_current_a = current_in(items, q("/Info/MaxChargeCurrent")),
                 .max_discharge_current_a = current_in(items, q("/Info/MaxDischargeCurrent"))}};
  if (found.who.empty()) found.who = text_in(items, path_of(q("/ProductName")));
  if (found.who.empty()) found.who = service;
  return found;
}

}  // namespace

LimitsInForceWatch::LimitsInForceWatch(Loop& loop, Told told)
    : LimitsInForceWatch(loop, std::move(told), Pace()) {}

LimitsInForceWatch::LimitsInForceWatch(Loop& loop, Told told, Pace pace)
    : loop_(loop),
      told_(std::move(told)),
      pace_(pace),
      bus_(loop),
      timer_(loop.add_timer([this] { go_on(); })) {
  timer_.arm(loop.now());
}

/// Between two calls, so that those that have ended may go.
void LimitsInForceWatch::go_on() {
  if (!questions_) return ask_system();
  if (service_.empty()) return look_at_system();
  look_at_battery();
}

void LimitsInForceWatch::ask_system() {
  next_at_ = loop_.now() + pace_.every;
  questions_.emplace(bus_, kSystem, std::vector<std::string>{kActiveBms, kDvcc}, pace_.patience,
                     [this] { timer_.arm(loop_.now()); });
}

void LimitsInForceWatch::look_at_system() {
  const ItemMap items = questions_->answers();
  if (!questions_->is_answered()) return end({NoComparison::no_systemcalc});
  if (number_in(items, kDvcc) == 0) return end({NoComparison::dvcc_off});
  const std::string service = text_in(items, kActiveBms);
  if (service.empty()) return end({NoComparison::no_bms});
  ask_battery(service);
}

void LimitsInForceWatch::ask_battery(const std::string& service) try {
  questions_.reset();
  questions_.emplace(
      bus_, service,
      std::vector{path_of(q("/Info/MaxChargeVoltage")), path_of(q("/Info/MaxChargeCurrent")),
                  path_of(q("/Info/MaxDischargeCurrent")), path_of(q("/CustomName")),
                  path_of(q("/ProductName"))},
      pace_.patience, [this] { timer_.arm(loop_.now()); });
  service_ = service;
} catch (const sdbus::Error&) {
  end({NoComparison::no_answer});  // what it tells is no name
}

void LimitsInForceWatch::look_at_battery() {
  end(limits_of(std::exchange(service_, {}), questions_->answers()));
}

void LimitsInForceWatch::end(const LimitsInForce& found) {
  questions_.reset();
  timer_.arm(std::max(next_at_, loop_.now()));
  told_(found);
}

}  // namespace dmb
