// SPDX-License-Identifier: MIT
#include "smartshunt_registers.h"

#include "dbus/call_error.h"
#include "dbus/message.h"
#include "dmb/codec/text.h"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <cstdint>
#include <span>
#include <utility>

namespace dmb {

namespace {

constexpr const char* kInterface = "com.victronenergy.VregLink";
constexpr const char* kPath = "/Devices/0/VregLink";

/// `qay`: error code and raw data. An empty text, or why there is no value.
std::string decode_answer(sd_bus_message* reply, std::uint16_t register_id, ShuntSettings& out) {
  std::uint16_t code = 0;
  const void* data = nullptr;
  std::size_t size = 0;
  if (std::string_view(sd_bus_message_get_signature(reply, 1)) != "qay" ||
      sd_bus_message_read_basic(reply, 'q', &code) <= 0 ||
      sd_bus_message_read_array(reply, 'y', &data, &size) < 0) {
    return "an answer of the wrong form";
  }
  if (code != 0) return fmt::format("error 0x{:04X}", code);
  const std::span bytes(static_cast<const std::uint8_t*>(data), size);
  switch (decode_register(register_id, bytes, out)) {
    case VregData::value:
      return "";
    case VregData::none:
      return "not set";
    case VregData::out_of_range:
      return "out of range";
    default:
      return fmt::format("{} bytes instead of 2", size);
  }
}

}  // namespace

SmartShuntRegisters::SmartShuntRegisters(Bus& bus, const std::string& owner, std::string label,
                                         const WatchPatience& patience, const LogBudget& losses,
                                         std::function<void()> changed)
    : loop_(bus.loop()),
      label_(std::move(label)),
      timeout_(patience.answer),
      losses_(losses),
      changed_(std::move(changed)),
      end_(kShuntRegisters.size()),
      backoff_(patience.before_register_retry, std::chrono::hours(1)),
      again_(loop_.add_timer([this] { ask_capacity_again(); })),
      link_(bus, owner, kPath) {
  ask();
}

void SmartShuntRegisters::ask() {
  link_.call(
      kInterface, "GetVreg", timeout_,
      [this](sd_bus_message* reply, const sdbus::Error* error) { on_answer(reply, error); },
      [this](sd_bus_message* call) {
        message::check(sd_bus_message_append_basic(call, 'q', &kShuntRegisters[next_]),
                       "write register number");
      });
}

void SmartShuntRegisters::on_answer(sd_bus_message* reply, const sdbus::Error* error) {
  if (error != nullptr) {
    on_refused(*error);
  } else {
    take(reply);
    ++next_;
  }
  if (next_ < end_) return ask();
  conclude();
}

/// A shunt without register access has none for the others either.
void SmartShuntRegisters::on_refused(const sdbus::Error& error) {
  note_unknown(call_error::describe(error));
  has_link_ = !call_error::is_unknown_there(error);
  next_ = has_link_ ? next_ + 1 : end_;
}

void SmartShuntRegisters::take(sd_bus_message* reply) {
  const std::string why_not = decode_answer(reply, kShuntRegisters[next_], settings_);
  if (!why_not.empty()) return note_unknown(why_not);
  changed_();
}

void SmartShuntRegisters::note_unknown(const std::string& why) {
  if (concluded_) return;  // said already
  if (!unknown_.empty()) unknown_ += "; ";
  unknown_ += fmt::format("0x{:04X}: {}", kShuntRegisters[next_], why);
}

void SmartShuntRegisters::conclude() {
  if (!settings_.capacity_ah && has_link_) again_.arm(loop_.now() + backoff_.next());
  if (std::exchange(concluded_, true)) return;
  changed_();
  spdlog::debug("SmartShunt {} is set to: {}", label_, describe(settings_));
  if (unknown_.empty() || losses_.is_spent(loop_.now())) return;
  spdlog::info(
      "SmartShunt {} does not tell all its settings ({}); if its capacity is missing, set "
      "total_capacity in the config",
      label_, unknown_);
}

void SmartShuntRegisters::ask_capacity_again() {
  static_assert(kShuntRegisters[0] == 0x1000, "the capacity comes first");
  next_ = 0;
  end_ = 1;
  ask();
}

}  // namespace dmb
