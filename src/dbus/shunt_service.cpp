// SPDX-License-Identifier: MIT
#include "shunt_service.h"

#include "dmb/codec/text.h"
#include "message.h"
#include "shunt_call.h"
#include "shunt_wire.h"

#include <spdlog/spdlog.h>

#include <string_view>
#include <utility>

namespace dmb {

namespace {

constexpr const char* kBusItem = "com.victronenergy.BusItem";

std::string_view describe(ShuntRecord::Fault fault) {
  switch (fault) {
    case ShuntRecord::Fault::wrong_type:
      return "not of the right type";
    case ShuntRecord::Fault::not_finite:
      return "not a number";
    default:
      return "out of any possible range";
  }
}

}  // namespace

// Listening starts before the question: what changes in between is then heard. The bus keeps the
// order of what one service sends, so the answer is newer than the signals before it.
ShuntService::ShuntService(const ShuntContext& context, const std::string& name, std::string owner)
    : context_(context),
      owner_(std::move(owner)),
      record_(name),
      root_(compat::create_proxy(context.bus.connection(), owner_, "/")) {
  subscription_ = context.signals.subscribe(owner_, [this](auto* signal) { on_signal(signal); });
  look();
}

std::string ShuntService::label() const {
  const std::string shown = display_name(identity());
  return shown == name() ? name() : printable(shown) + " (" + name() + ")";
}

// --- What it sends ---

void ShuntService::on_signal(sd_bus_message* signal) {
  last_heard_ = context_.bus.loop().now();
  const bool understood = take_signal(signal);
  if (!understood && !std::exchange(nonsense_said_, true)) {
    spdlog::warn("{} sends signals of an unknown form; they are ignored. Check its program",
                 label());
  }
  touch();
  ask_again_if_due();
}

bool ShuntService::take_signal(sd_bus_message* signal) {
  const std::string_view member = sd_bus_message_get_member(signal);
  const std::string_view path = sd_bus_message_get_path(signal);
  if (member == "PropertiesChanged") return shunt_wire::take_properties(signal, record_);
  if (member == "ItemsChanged" && path == "/") return shunt_wire::take_items(signal, record_);
  return true;
}

// --- The first look ---

void ShuntService::look() {
  look_due_.reset();
  const auto call = compat::create_call(*root_, kBusItem, "GetItems");
  compat::call_async(
      context_.bus.loop(), *root_, call, context_.patience.answer,
      [this](sd_bus_message* reply, const sdbus::Error* error) { on_items(reply, error); });
}

/// Services from before GetItems existed.
void ShuntService::look_at_tree() {
  const auto call = compat::create_call(*root_, kBusItem, "GetValue");
  compat::call_async(
      context_.bus.loop(), *root_, call, context_.patience.answer,
      [this](sd_bus_message* reply, const sdbus::Error* error) { on_tree(reply, error); });
}

void ShuntService::on_items(sd_bus_message* reply, const sdbus::Error* error) {
  if (error == nullptr) return on_looked(shunt_wire::take_items(reply, record_));
  if (shunt_call::is_unknown_there(*error)) return look_at_tree();
  on_look_failed(shunt_call::describe(*error));
}

void ShuntService::on_tree(sd_bus_message* reply, const sdbus::Error* error) {
  if (error == nullptr) return on_looked(shunt_wire::take_tree(reply, record_));
  on_look_failed(shunt_call::describe(*error));
}

void ShuntService::on_looked(bool understood) {
  if (!understood) return on_look_failed("an answer of an unknown form");
  if (failures_ > 0) spdlog::info("{} answers now", label());
  failures_ = 0;
  last_heard_ = context_.bus.loop().now();
  answered_ = true;
  look_ended_ = true;
  touch();
}

/// Asked once more by itself. Whoever does not answer then either is asked when a signal shows that
/// it lives: calls to a hung process would only pile up in the daemon.
void ShuntService::on_look_failed(const std::string& why) {
  ++failures_;
  look_ended_ = true;
  Loop& loop = context_.bus.loop();
  look_due_ = loop.now() + context_.patience.before_retry;
  if (failures_ == 1) {
    spdlog::warn(
        "Cannot read {}: {}. It is not counted until it answers; if it stays so, restart its "
        "program",
        label(), why);
    retry_ = loop.add_timer([this] { look(); });
    retry_.arm(*look_due_);
  }
  touch();
}

void ShuntService::ask_again_if_due() {
  if (failures_ > 1 && look_due_ && context_.bus.loop().now() >= *look_due_) look();
}

// --- Conclusions ---

void ShuntService::touch() {
  if (!std::exchange(touched_, true)) context_.touched(*this);
}

ShuntService::Settled ShuntService::settle() {
  touched_ = false;
  const Membership before = membership_;
  const auto changes = record_.take_changes();
  if (answered_) membership_ = dmb::membership(identity(), context_.excluded);
  if (membership_ != before) log_membership();
  log_faults();
  follow();
  return {.membership = membership_ != before,
          .identity = changes.identity,
          .values = changes.values,
          .registers = std::exchange(registers_changed_, false)};
}

/// What is no shunt stays none: not listening any more saves a wake-up for each of its signals. One
/// that is excluded may be given another name.
void ShuntService::follow() {
  if (membership_ == Membership::no_shunt || membership_ == Membership::derived)
    subscription_.reset();
  if (membership_ != Membership::member || !context_.read_registers || registers_) return;
  registers_ = std::make_unique<ShuntRegisters>(context_.bus, owner_, label(), context_.patience,
                                                context_.losses, [this] {
                                                  registers_changed_ = true;
                                                  touch();
                                                });
}

void ShuntService::log_membership() const {
  if (membership_ == Membership::no_shunt) return spdlog::debug("{} is no SmartShunt", label());
  if (context_.losses.is_spent(context_.bus.loop().now())) return;
  switch (membership_) {
    case Membership::member:
      return spdlog::info("Found SmartShunt {}", label());
    case Membership::excluded:
      return spdlog::info("SmartShunt {} is not counted: exclude_shunts names it", label());
    case Membership::derived:
      return spdlog::info("{} is not counted: it is computed from other batteries", label());
    case Membership::undecided:
      return spdlog::info("{} is not counted until it says again what it is", label());
    case Membership::no_shunt:
      break;
  }
}

void ShuntService::log_faults() {
  if (!answered_ || membership_ == Membership::no_shunt || membership_ == Membership::derived) {
    return;
  }
  for (const auto& [path, fault] : record_.take_faults(membership_ == Membership::member)) {
    spdlog::warn("{} sent a {} that is {}; it counts as unknown. Check the shunt and its program",
                 label(), path, describe(fault));
  }
}

SeenShunt ShuntService::seen() const {
  return {.identity = identity(),
          .name = display_name(identity()),
          .membership = membership_,
          .hung = failures_ > 0 && !answered_,
          .last_heard = last_heard_};
}

WatchedShunt ShuntService::watched(const std::string& id) const {
  WatchedShunt shunt;
  shunt.snapshot.id = id;
  shunt.snapshot.service = name();
  shunt.snapshot.name = display_name(identity());
  copy_values(shunt);
  return shunt;
}

void ShuntService::copy_values(WatchedShunt& shunt) const {
  shunt.snapshot.values = record_.values();
  if (!registers_) return;
  shunt.register_capacity_ah = registers_->settings().capacity_ah;
  shunt.register_charged_voltage_v = registers_->settings().charged_voltage_v;
  shunt.registers_pending = registers_->pending();
}

}  // namespace dmb
